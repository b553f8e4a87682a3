import { type Entry, type Message, named } from '../message.ts';
import { fitting } from './fit.ts';

/** Block Kit allows 150 in a header, 3,000 in a section, 50 blocks; whole messages fail above about 13,200 characters. */
const LONGEST_HEADER = 150;
const LONGEST_SECTION = 3000;
const LONGEST_MESSAGE = 12_000;

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

/** The body of an incoming webhook's POST, within Slack's limits. */
export function slackPayload(message: Message): SlackPayload {
  return fitting(
    message.entries.length,
    (count) => payload(message, count),
    (rendered) => JSON.stringify(rendered).length <= LONGEST_MESSAGE,
  );
}

function payload(message: Message, count: number): SlackPayload {
  const told = message.entries.slice(0, count);
  const others = [...message.entries.slice(count).map(({ signal }) => signal), ...message.others];
  const title = cut(message.title, LONGEST_HEADER);
  return {
    text: title,
    unfurl_links: false,
    unfurl_media: false,
    blocks: [
      { type: 'header', text: { type: 'plain_text', text: title, emoji: false } },
      section([`*${message.severity}*, checked ${message.checkedAt}`]),
      ...told.map((entry) => section(entryLines(entry))),
      ...(others.length === 0
        ? []
        : [section([`${told.length === 0 ? 'Failing' : 'Also failing'}: ${code(named(others), 1500)}`])]),
      ...message.blind.map(({ signals, reason, detail }) =>
        context(`Could not look at ${code(signals, 700)}\n*${reason}* ${code(detail, 1500)}`),
      ),
      context(
        message.ok.length === 0
          ? 'Nothing else is known to arrive.'
          : `Still ok: ${code(named(message.ok), 1500)}`,
      ),
    ],
  };
}

function entryLines(entry: Entry): string[] {
  return [
    `${code(entry.signal, 300)} (${entry.about})${entry.since === null ? '' : `\n${entry.since}`}`,
    ...entry.findings.map(
      ({ what, observed, expected }) =>
        `• ${code(what, 300)}\n   observed ${code(observed, 500)}\n   expected ${code(expected, 500)}`,
    ),
    ...(entry.moreFindings > 0 ? [`• and ${entry.moreFindings} more findings`] : []),
    ...(entry.runbook === null ? [] : [link(entry.runbook)]),
    ...(entry.question === null ? [] : [`ask ${whole(entry.question)}`]),
  ];
}

function section(lines: readonly string[]): Block {
  return { type: 'section', text: { type: 'mrkdwn', text: joined(lines), verbatim: true } };
}

function context(text: string): Block {
  return { type: 'context', elements: [{ type: 'mrkdwn', text, verbatim: true }] };
}

/** As many whole lines as a section holds. */
function joined(lines: readonly string[]): string {
  let text = '';
  for (const line of lines) {
    if (text.length + line.length + 1 > LONGEST_SECTION) continue;
    text += text === '' ? line : `\n${line}`;
  }
  return text;
}

/** Slack reads these three, and only these, as its own (escaping text, Slack's documentation). */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** Escaped and at most `limit` long, cut before a character, never inside an escape. */
function cut(text: string, limit: number): string {
  if (escaped(text).length <= limit) return escaped(text);
  let short = '';
  for (const character of text) {
    const next = escaped(character);
    if (short.length + next.length >= limit) break;
    short += next;
  }
  return `${short}…`;
}

/** Text from outside as inline code, where Slack reads no formatting, emoji or links; a backtick would end it. */
function code(text: string, limit: number): string {
  return text.trim() === '' ? '(empty)' : `\`${cut(text.replaceAll('`', 'ˋ'), limit)}\``;
}

/** A question is of use only whole. */
function whole(question: string): string {
  return code(question, Number.POSITIVE_INFINITY);
}

function link(url: string): string {
  return `<${escaped(url).replaceAll('|', '%7C')}|runbook>`;
}
