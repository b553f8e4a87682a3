import { type Message, named } from '../message.ts';
import { fitting, listWithin, oneLine } from './fit.ts';
import { blindText, cut, entryText, mrkdwn, overText, written } from './mrkdwn.ts';
import { othersWord, shortened, status } from './wording.ts';

/** Block Kit allows 150 in a header, 3,000 in a section, 50 blocks; whole messages fail above about 13,200 characters. */
const LONGEST_HEADER = 150;
const LONGEST_SECTION = 3000;
const LONGEST_MESSAGE = 12_000;
/** What stands beside the entries, so that one of them always has room. */
const LONGEST_PART = 1500;
const LONGEST_NAMES = 700;
const MOST_ENTRIES = 40;

/** Every text of a message that Slack reads. `verbatim` keeps it from making links and mentions of what looks like them. */
type Text =
  | { readonly type: 'plain_text'; readonly text: string; readonly emoji: false }
  | { readonly type: 'mrkdwn'; readonly text: string; readonly verbatim: true };

type Block =
  | { readonly type: 'header' | 'section'; readonly text: Text }
  | { readonly type: 'context'; readonly elements: readonly Text[] };

export interface SlackPayload {
  /** For the notification on a telephone's lock screen. */
  readonly text: string;
  readonly blocks: readonly Block[];
  readonly unfurl_links: false;
  readonly unfurl_media: false;
}

const slack = mrkdwn({ quiet: (text) => text, link: (label, url) => `<${url}|${label}>` });

/** The body of an incoming webhook's POST, within Slack's limits: the common story first. */
export function slackPayload(message: Message): SlackPayload {
  const entries = message.entries
    .slice(0, MOST_ENTRIES)
    .map((entry) => section(entryText(entry, slack, LONGEST_SECTION)));
  return fitting(
    entries.length,
    (count) => payload(shortened(message, count), entries.slice(0, count)),
    (rendered) => JSON.stringify(rendered).length <= LONGEST_MESSAGE,
  );
}

function payload(message: Message, entries: readonly Block[]): SlackPayload {
  const { others, blind, over, ok } = message;
  const title = cut(oneLine(message.title), LONGEST_HEADER);
  const story = listWithin(
    message.story.map((line) => cut(oneLine(line), LONGEST_NAMES)),
    LONGEST_PART,
    written,
  );
  const blindNews = blind.filter(({ why }) => why !== null);
  const blindBeside = blind.filter(({ why }) => why === null);
  return {
    text: title,
    unfurl_links: false,
    unfurl_media: false,
    blocks: [
      { type: 'header', text: plain(title) },
      section(`*${status(message)}*`),
      ...(story === '' ? [] : [{ type: 'section' as const, text: plain(story) }]),
      ...entries,
      ...names(othersWord(message), others, section),
      ...part(
        blindNews.map((one) => blindText(one, slack)),
        section,
      ),
      ...part(
        over.map((one) => overText(one, slack)),
        section,
      ),
      ...part(
        blindBeside.map((one) => blindText(one, slack)),
        context,
      ),
      ...names('Ok', ok, context),
    ],
  };
}

function names(what: string, listed: readonly string[], block: (text: string) => Block): Block[] {
  return listed.length === 0 ? [] : [block(`${what}: ${slack.code(named(listed), LONGEST_NAMES)}`)];
}

function part(texts: readonly string[], block: (text: string) => Block): Block[] {
  return texts.length === 0 ? [] : [block(listWithin(texts, LONGEST_PART, written))];
}

function plain(text: string): Text {
  return { type: 'plain_text', text, emoji: false };
}

function section(text: string): Block {
  return { type: 'section', text: { type: 'mrkdwn', text, verbatim: true } };
}

function context(text: string): Block {
  return { type: 'context', elements: [{ type: 'mrkdwn', text, verbatim: true }] };
}
