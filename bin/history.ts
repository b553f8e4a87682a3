import { quote } from '../lib/config/problems.ts';
import { parseDuration } from '../lib/config/values.ts';
import type { Past } from '../lib/past.ts';
import { unknownNames } from '../lib/plan.ts';
import { printable } from '../lib/printable.ts';
import { historyJson, historyText } from '../lib/report/history.ts';
import { readConfig } from './config.ts';
import { EXIT } from './exit.ts';
import { paintFor } from './paint.ts';
import { readPast } from './past.ts';
import { withStore } from './store.ts';

/** Of signals that were asked for by name, more spells are written out. */
const MOST_SPELLS_OF_NAMED = 50;
const MOST_PROBLEMS = 3;

export interface HistoryOptions {
  readonly config: string;
  readonly cluster?: readonly string[];
  readonly signal?: readonly string[];
  readonly last: string;
  readonly format: 'text' | 'json';
}

/** Shows what scheduled runs recorded, as far as it can be read. Returns the exit code. */
export async function history(options: HistoryOptions): Promise<number> {
  const lastMs = parseDuration(options.last);
  if (lastMs === undefined) {
    return wrong([`--last ${quote(options.last)} is no duration up to 30d; write one such as 12h or 7d`]);
  }
  const config = await readConfig(options.config);
  if (!config) return EXIT.wrong;
  const { cluster = config.clusters.map(({ name }) => name), signal } = options;
  const strangers = unknownNames('cluster', cluster, config.clusters);
  if (strangers.length > 0) return wrong(strangers);
  return withStore(config, async (store) => {
    const { past, problems } = await readPast(store, [...new Set(cluster)], lastMs);
    const known = [...config.clusters.flatMap(({ signals }) => signals), ...past.signals.map(toNamed)];
    const missing = unknownNames('signal', signal ?? [], known);
    if (missing.length > 0) return wrong(missing);
    if (past.runs > 0 || problems.length === 0) process.stdout.write(written(past, options));
    const told = problems.slice(0, MOST_PROBLEMS).map((problem) => printable(problem, 1000));
    const left = problems.length - told.length;
    for (const line of [...told, ...(left > 0 ? [`… and ${left} more like this`] : [])])
      process.stderr.write(`plumbline: ${line}\n`);
    return problems.length > 0 ? EXIT.broken : EXIT.ok;
  });
}

function written(all: Past, { format, signal }: HistoryOptions): string {
  const signals = all.signals.filter((one) => signal?.includes(one.signal) ?? true);
  const past = { ...all, signals };
  if (format === 'json') return historyJson(past);
  return historyText(past, paintFor(process.stdout), signal ? MOST_SPELLS_OF_NAMED : undefined);
}

function toNamed({ signal }: { readonly signal: string }): { readonly name: string } {
  return { name: signal };
}

function wrong(problems: readonly string[]): number {
  for (const problem of problems) process.stderr.write(`plumbline: ${problem}\n`);
  return EXIT.wrong;
}
