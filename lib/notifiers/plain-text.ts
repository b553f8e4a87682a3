import { type Blind, type Entry, type Message, named, type Over } from '../message.ts';
import { fitting, linesWithin, oneLine } from './fit.ts';
import { othersWord, overWord, shortened, status } from './wording.ts';

/** The message as lines of text, the common story first, in at most so many bytes of UTF-8 by whole entries. */
export function plainText(message: Message, mostBytes: number): string {
  const lines = fitting(
    message.entries.length,
    (count) => linesOf(shortened(message, count)),
    (rendered) => bytesOf(rendered.join('\n')) < mostBytes,
  );
  return `${linesWithin(lines, mostBytes - 1, bytesOf)}\n`;
}

/** No line of a message is longer, but for what is hostile. */
const LONGEST_LINE = 8000;

function lineOf(text: string): string {
  return oneLine(text.length > LONGEST_LINE ? `${text.slice(0, LONGEST_LINE)}…` : text);
}

function bytesOf(text: string): number {
  return Buffer.byteLength(text);
}

function linesOf(message: Message): string[] {
  const { title, story, entries, others, blind, over, ok } = message;
  const blocks = [
    [title, status(message)],
    [...story],
    ...entries.map(entryLines),
    ...(others.length === 0 ? [] : [[`${othersWord(message)}: ${named(others)}`]]),
    ...blind.map(blindLines),
    over.flatMap(overLines),
    ...(ok.length === 0 ? [] : [[`Ok: ${named(ok)}`]]),
  ];
  return blocks
    .filter((lines) => lines.length > 0)
    .flatMap((lines, index) => [...(index === 0 ? [] : ['']), ...lines.map(lineOf)]);
}

function entryLines(entry: Entry): string[] {
  return [
    `${entry.name} (${entry.about}): ${entry.why}`,
    ...(entry.since === null ? [] : [`  ${entry.since.text}`]),
    ...entry.findings.flatMap(({ expectation, subject, observed, expected, isNew }) => [
      `  ${isNew ? 'new: ' : ''}${`${expectation} ${subject}`.trim()}`,
      `    observed: ${observed}`,
      `    expected: ${expected}`,
    ]),
    ...(entry.moreFindings > 0 ? [`  and ${entry.moreFindings} more findings`] : []),
    ...(entry.wentBlind === null ? [] : [`  went blind, at least in part: ${entry.wentBlind}`]),
    ...(entry.question === null ? [] : [`  ask:     ${entry.question}`]),
    ...(entry.console === null ? [] : [`  console: ${entry.console}`]),
    ...(entry.runbook === null ? [] : [`  runbook: ${entry.runbook}`]),
  ];
}

function blindLines({ signals, reason, detail, why }: Blind): string[] {
  return [`Could not look at ${signals}${why === null ? '' : `: ${why}`}`, `  ${reason}: ${detail}`];
}

function overLines({ what, signals, why }: Over): string[] {
  return [`${overWord[what]}: ${signals}`, `  ${why}`];
}
