import { EVERY_MS } from './estate.ts';
import type { Outcome } from './measure.ts';

type Line = Readonly<Record<string, string>>;

/** Prints a table as Markdown, so that it can stand in the docs as it is. */
export function printLines(title: string, lines: readonly Line[]): void {
  const columns = Object.keys(lines[0] ?? {});
  const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |\n`;
  process.stdout.write(`\n${title}\n\n${row(columns)}${row(columns.map(() => '---'))}`);
  for (const line of lines) process.stdout.write(row(columns.map((column) => line[column] ?? '')));
}

/** One kind of drift: told of how many, and after how long. */
export function breakLine(outcomes: readonly Outcome[]): Line {
  const [ours, ...rivals] = outcomes;
  return {
    kind: ours?.kind ?? '',
    told: share(ours),
    'runs until told, median': String(middle(ours?.runsUntil ?? [])),
    most: String(Math.max(0, ...(ours?.runsUntil ?? []))),
    'fixed, presence, 3-sigma': rivals.map(share).join(', '),
  };
}

/** One kind of healthy change: what was told of it in how many months. */
export function healthyLine(outcomes: readonly Outcome[]): Line {
  const [ours, ...rivals] = outcomes;
  return {
    kind: ours?.kind ?? '',
    months: String(ours?.histories ?? 0),
    'false messages': String(ours?.wrong ?? 0),
    'warnings of gains': String(ours?.warnings ?? 0),
    'fixed, presence, 3-sigma': rivals.map(({ wrong }) => wrong).join(', '),
  };
}

/** All kinds together, for each player. */
export function summary(
  players: readonly string[],
  breaks: readonly (readonly Outcome[])[],
  healthy: readonly (readonly Outcome[])[],
): readonly Line[] {
  return players.map((player, index) => {
    const [real, well] = [of(breaks, index), of(healthy, index)];
    const right = sum(real, 'right') + sum(well, 'warnings');
    const wrong = sum(real, 'wrong') + sum(well, 'wrong');
    return {
      '': player,
      recall: (sum(real, 'told') / sum(real, 'histories')).toFixed(3),
      precision: (right / Math.max(1, right + wrong)).toFixed(3),
      'minutes until told, median': String(
        (middle(real.flatMap(({ runsUntil }) => runsUntil)) * EVERY_MS) / 60_000,
      ),
      'false messages in 100 months': ((100 * sum(well, 'wrong')) / sum(well, 'histories')).toFixed(1),
      months: String(sum(well, 'histories')),
    };
  });
}

function of(kinds: readonly (readonly Outcome[])[], index: number): readonly Outcome[] {
  return kinds.flatMap((outcomes) => outcomes[index] ?? []);
}

function sum(
  outcomes: readonly Outcome[],
  of: 'told' | 'histories' | 'right' | 'wrong' | 'warnings',
): number {
  return outcomes.reduce((total, outcome) => total + outcome[of], 0);
}

function share(outcome: Outcome | undefined): string {
  return outcome ? `${outcome.told} of ${outcome.histories}` : '';
}

function middle(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor((numbers.length - 1) / 2)] ?? 0;
}
