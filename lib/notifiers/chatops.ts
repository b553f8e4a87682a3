import { digest } from '../incidents/identity.ts';
import { type Message, named } from '../message.ts';
import { fitting, linesWithin } from './fit.ts';
import { blindText, entryText, type Mrkdwn, mrkdwn, overText, stepsOf, written } from './mrkdwn.ts';
import { jsonOf } from './post.ts';
import { othersWord, shortened, status } from './wording.ts';

/** The schema of custom notifications takes so much (Amazon Q Developer in chat applications, administrator guide). */
const LONGEST_TITLE = 250;
const LONGEST_DESCRIPTION = 8000;
const LONGEST_STEP = 350;
const LONGEST_KEYWORD = 75;
/** Not said there; far more than people read. */
const MOST_LISTED = 10;
const LONGEST_NAMES = 700;
const LONGEST_ENTRY = 3000;

/**
 * Chats behind Amazon Q look for `@name` and addresses themselves, in plain text too (its guide mentions a team so), and
 * nothing tells whether in code: those characters are replaced by their wide twins.
 */
const chat = mrkdwn({
  quiet: (text) =>
    text.replace(/[@#](?=\S)|(?<=:)\/(?=\/)/gu, (character) =>
      String.fromCodePoint((character.codePointAt(0) ?? 0) + 0xfee0),
    ),
  link: (label, url) => `${label} <${url}>`,
});

/** The message as a custom notification of Amazon Q Developer, which drops silently whatever has another form. */
export function chatopsText(message: Message): string {
  const { clusters, severity, reason, incidents, title } = message;
  const told = chat.code(title, LONGEST_TITLE - 2);
  const [worst] = message.entries;
  const nextSteps = worst ? stepsOf(worst, chat).filter((step) => written(step) <= LONGEST_STEP) : [];
  return jsonOf({
    version: '1.0',
    source: 'custom',
    id: message.id,
    content: {
      textType: 'client-markdown',
      title: told,
      description: description(message, nextSteps),
      ...(nextSteps.length === 0 ? {} : { nextSteps }),
      keywords: [...clusters.slice(0, MOST_LISTED), severity, reason].map(tag),
    },
    metadata: {
      threadId: digest(incidents[0]?.key ?? message.id),
      summary: told,
      eventType: `plumbline-${reason}`,
      relatedResources: clusters.slice(0, MOST_LISTED).map(tag),
      additionalContext: { cluster: tag(named(clusters, 1)), severity, reason },
    },
  });
}

/** The common story first; what stands under the next steps is not said twice. */
function description(message: Message, nextSteps: readonly string[]): string {
  const entries = message.entries.map((entry) => entryText(entry, chat, LONGEST_ENTRY, nextSteps));
  const blocks = fitting(
    entries.length,
    (count) => blocksOf(shortened(message, count), entries.slice(0, count), chat),
    (rendered) => written(rendered.join('\n\n')) <= LONGEST_DESCRIPTION,
  );
  return linesWithin(blocks, LONGEST_DESCRIPTION, written, '\n\n');
}

function blocksOf(message: Message, entries: readonly string[], { code, prose }: Mrkdwn): string[] {
  const { story, others, blind, over, ok } = message;
  const names = (what: string, listed: readonly string[]) =>
    listed.length === 0 ? [] : [`${what}: ${code(named(listed), LONGEST_NAMES)}`];
  return [
    `*${status(message)}*`,
    ...(story.length === 0 ? [] : [story.map((line) => prose(line, 500)).join('\n')]),
    ...entries,
    ...names(othersWord(message), others),
    ...blind.map((one) => blindText(one, chat)),
    ...over.map((one) => overText(one, chat)),
    ...names('Ok', ok),
  ];
}

/** A word that no chat reads as anything else. */
function tag(text: string): string {
  const word = text.replace(/[^\p{L}\p{N}_-]+|(?<![\p{L}\p{N}])_+|_+(?![\p{L}\p{N}])/gu, '-');
  return word.slice(0, LONGEST_KEYWORD).replace(/\p{Cs}/gu, '') || '-';
}
