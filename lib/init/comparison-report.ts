import { stringify } from 'yaml';
import { counted } from '../counted.ts';
import { printable } from '../printable.ts';
import { json } from '../report/json.ts';
import type { Comparison } from './compare.ts';
import { toldGaps } from './telling.ts';
import { STYLE } from './write.ts';

/** A comparison as JSON, versioned; readers should tolerate new keys. `comparedAt` is in milliseconds since the epoch. */
export function comparisonJson(comparison: Comparison, comparedAt: number): string {
  return json({ version: 1, comparedAt: new Date(comparedAt).toISOString(), ...comparison });
}

/** A comparison for people: what to add, what to remove, and what could not be looked at. */
export function comparisonText({ unwatched, gone, unseen }: Comparison): string {
  const lines = [
    ...block(
      `${counted(unwatched.length, 'thing')} not watched; to watch one, add its line under signals`,
      unwatched.flatMap(({ region, role, plane, what, signal }) => [
        printable(`${[region, role, plane].filter((part) => part !== null).join(' ')}: ${what}`, 500),
        `  - ${inYaml(signal)}`,
      ]),
    ),
    ...block(
      `${counted(gone.length, 'signal')} of what is no longer there; remove it, or find out where it went`,
      gone.map((one) => printable(`${one.cluster}: ${one.signal} (${one.plane}): ${one.detail}`, 500)),
    ),
    ...block(`${counted(unseen.length, 'place')} not looked at`, toldGaps(unseen)),
  ];
  if (lines.length === 0)
    return 'everything that sends telemetry is watched, and everything watched is there\n';
  return `${lines.join('\n')}\n`;
}

function block(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [title, ...lines.map((line) => `  ${line}`)];
}

/** In one line, as it can be pasted into a configuration. */
function inYaml(signal: Readonly<Record<string, unknown>>): string {
  return printable(stringify(signal, { ...STYLE, collectionStyle: 'flow' }).trim(), 1000);
}
