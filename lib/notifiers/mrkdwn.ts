import type { Blind, Entry, MessageFinding, Over } from '../message.ts';
import { webAddress } from '../web-address.ts';
import { linesWithin, oneLine } from './fit.ts';
import { overWord } from './wording.ts';

/**
 * How one kind of chat takes text from outside and links of ours. Lengths are counted as JSON writes them: at least as
 * long as what any limit counts.
 */
export interface Mrkdwn {
  /** Text from outside as inline code, where chats read no formatting, mentions or emoji; a backtick would end it. */
  readonly code: (text: string, limit: number) => string;
  /** The same, but plain where the text has no character that a chat might read as its own. */
  readonly prose: (text: string, limit: number) => string;
  /** Text that is of use only whole; undefined where it cannot be shown as it is. */
  readonly whole: (text: string) => string | undefined;
  /** Undefined where the address is none that people could open. */
  readonly link: (label: string, address: string) => string | undefined;
}

interface Dialect {
  /** Takes the meaning from what the chat would read even inside code, and makes nothing longer. */
  readonly quiet: (text: string) => string;
  readonly link: (label: string, url: string) => string;
}

/** Words, and the punctuation that means nothing there: a colon only before a blank or in a time of day. */
const HARMLESS =
  /^(?:[\p{L}\p{N} ,;()%/=+'"…-]|[.!?:](?= |$)|\b[0-9]{2}:[0-9]{2}:[0-9]{2}|[0-9]\.(?=[0-9]))*$/u;

export function mrkdwn({ quiet, link }: Dialect): Mrkdwn {
  const code = (text: string, limit: number): string => {
    const line = oneLine(text).replaceAll('`', 'ˋ');
    // Quiet after the cut, which may put two characters together.
    return line.trim() === '' ? '(empty)' : `\`${quiet(cut(line, limit))}\``;
  };
  return {
    code,
    prose: (text, limit) => (HARMLESS.test(text) ? cut(text, limit) : code(text, limit)),
    whole: (text) => {
      const shown = code(text, Number.POSITIVE_INFINITY);
      return shown === `\`${escaped(text)}\`` ? shown : undefined;
    },
    link: (label, address) => {
      const url = webAddress(address);
      return url === undefined ? undefined : link(label, escaped(url));
    },
  };
}

/** Slack and what follows it read these three, and only these, as their own (escaping text, Slack's documentation). */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** As long as JSON writes the text. */
export function written(text: string): number {
  return JSON.stringify(text).length - 2;
}

/** What is neither escaped nor longer in JSON. */
function isPlain(character: string): boolean {
  return /^[ !#-%'-;=?-[\]-~]$/.test(character);
}

/** Escaped and at most `limit` long, cut before a character, never inside an escape. */
export function cut(text: string, limit: number): string {
  const whole = escaped(text);
  if (written(whole) <= limit) return whole;
  let short = '';
  let size = 0;
  for (const character of text) {
    const next = isPlain(character) ? character : escaped(character);
    size += isPlain(character) ? 1 : written(next);
    if (size >= limit) break;
    short += next;
  }
  return `${short}…`;
}

/** So much of an entry may be steps, which matter more than its last finding. */
const LONGEST_STEPS = 2200;

/** What is told of a failing signal, by whole lines: what and why, its findings, what to do but for `without`. */
export function entryText(
  entry: Entry,
  chat: Mrkdwn,
  limit: number,
  without: readonly string[] = [],
): string {
  const { name, about, why, since, findings, moreFindings, wentBlind } = entry;
  const { code, prose } = chat;
  const facts = [
    `${code(name, 300)} (${prose(about, 300)}): ${prose(why, 300)}`,
    ...(since === null ? [] : [prose(since.text, 300)]),
    ...findings.map((finding) => findingText(finding, code)),
    ...(moreFindings > 0 ? [`• and ${moreFindings} more findings`] : []),
    ...(wentBlind === null ? [] : [`Went blind, at least in part: ${code(wentBlind, 500)}`]),
  ];
  const steps = stepsOf(entry, chat).filter((step) => !without.includes(step));
  const told = linesWithin(steps, LONGEST_STEPS, written);
  return linesWithin(
    [linesWithin(facts, limit - written(`${told}\n`), written), told].filter((part) => part !== ''),
    limit,
    written,
  );
}

function findingText(
  { expectation, subject, observed, expected, isNew }: MessageFinding,
  code: Mrkdwn['code'],
): string {
  const what = `• ${isNew ? '*new* ' : ''}${code(`${expectation} ${subject}`.trim(), 250)}`;
  return `${what}\n   observed ${code(observed, 350)}\n   expected ${code(expected, 350)}`;
}

/** Where to look, what to read and what to ask, each on a line of its own. */
export function stepsOf({ console, runbook, question }: Entry, { link, whole }: Mrkdwn): string[] {
  const asked = question === null ? undefined : whole(question);
  return [
    console === null ? undefined : link('console', console),
    runbook === null ? undefined : link('runbook', runbook),
    asked === undefined ? undefined : `ask ${asked}`,
  ].filter((step) => step !== undefined);
}

export function blindText({ signals, reason, detail, why }: Blind, { code, prose }: Mrkdwn): string {
  const because = why === null ? '' : `: ${prose(why, 200)}`;
  return `Could not look at ${code(signals, 400)}${because}\n*${prose(reason, 40)}* ${code(detail, 400)}`;
}

export function overText({ what, signals, why }: Over, { code, prose }: Mrkdwn): string {
  return `${overWord[what]}: ${code(signals, 400)}\n${prose(why, 300)}`;
}
