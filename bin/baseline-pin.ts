import { readFile, writeFile } from 'node:fs/promises';
import { chosenSignals } from '../lib/baseline/chosen.ts';
import { type Pin, pinOf } from '../lib/baseline/pin.ts';
import { pinnedText } from '../lib/baseline/pinned-text.ts';
import { expectsNoValueDrift } from '../lib/baseline/expected.ts';
import { driftingSignals } from '../lib/baseline/remembered.ts';
import { systemClock } from '../lib/clock.ts';
import { loadConfig } from '../lib/config/load.ts';
import { formatProblem } from '../lib/config/problems.ts';
import type { PlannedCluster } from '../lib/plan.ts';
import { printable } from '../lib/printable.ts';
import { isStream, type StreamSignal } from '../lib/signal.ts';
import { type Store, StoreError } from '../lib/stores/store.ts';
import type { BaselineOptions } from './baseline.ts';
import { readConfig } from './config.ts';
import { EXIT } from './exit.ts';
import { shippedProfiles } from './profiles.ts';
import { withStore } from './store.ts';

interface Pinned {
  readonly cluster: string;
  readonly signal: string;
  readonly pin: Pin | string;
}

/**
 * Writes what is usual into the configuration, as explicit expectations beside what is there. Returns the exit code. What
 * cannot be written, and what would make the configuration wrong, is refused, and the file left as it is.
 */
export async function baselinePin({ cluster = [], signal = [], ...options }: BaselineOptions) {
  const file = options.config;
  const config = await readConfig(file);
  if (!config) return EXIT.wrong;
  if (file.endsWith('.json')) return wrong(`${file} was built; pin writes YAML: name that with --config`);
  const chosen = chosenSignals(config, { clusters: cluster, signals: signal });
  if ('problems' in chosen) return wrong(...chosen.problems);
  return withStore(config, async (store) => {
    const pins = await Promise.all(chosen.clusters.map((one) => pinsOf(one, store)));
    return write(file, pins.flat());
  });
}

async function pinsOf(cluster: PlannedCluster, store: Store): Promise<readonly Pinned[]> {
  const stored = await store.baselines(cluster.name);
  const names = new Set(driftingSignals(cluster));
  return cluster.signals.flatMap(({ signal }): Pinned[] => {
    if (!isStream(signal) || !names.has(signal.name)) return [];
    const about = { cluster: cluster.name, signal: signal.name };
    const known = stored.get(signal.name);
    if (known instanceof StoreError) return [{ ...about, pin: known.message }];
    return [
      {
        ...about,
        pin: known
          ? pinFor(signal, pinOf(known.baseline, systemClock.now(), signal.series?.drift ?? {}))
          : {},
      },
    ];
  });
}

/** Only what drift is judged of is pinned. */
function pinFor({ series, labels, dimensions }: StreamSignal, pin: Pin): Pin {
  const require = labels?.drift ? (pin.labels?.require ?? []) : [];
  const values = expectsNoValueDrift(labels ?? {})
    ? (pin.labels?.values ?? new Map<string, string[]>())
    : new Map<string, string[]>();
  return {
    ...(series?.drift && pin.series ? { series: pin.series } : {}),
    ...(require.length > 0 || values.size > 0 ? { labels: { require, values } } : {}),
    ...(dimensions?.drift && pin.dimensions ? { dimensions: pin.dimensions } : {}),
  };
}

async function write(file: string, pins: readonly Pinned[]): Promise<number> {
  const yaml = await import('yaml');
  let text = await readFile(file, 'utf8');
  const told: string[] = [];
  const problems: string[] = [];
  for (const { cluster, signal, pin } of pins) {
    const title = `${printable(cluster, 60)} ${printable(signal, 60)}`;
    const pinned =
      typeof pin === 'string' ? { problem: pin } : pinnedText(text, { cluster, signal }, pin, yaml);
    if ('problem' in pinned) {
      problems.push(`${title}: ${printable(pinned.problem, 600)}`);
      continue;
    }
    ({ text } = pinned);
    const { written, kept } = pinned;
    if (written.length + kept.length === 0)
      told.push(`${title}: nothing that could be pinned was learned yet`);
    told.push(...written.map((one) => `${title}: ${printable(one, 300)}`));
    told.push(...kept.map((one) => `${title}: ${printable(one, 300)} is there already, left as it is`));
  }
  if (problems.length > 0) return wrong(...problems);
  const faults = await faultsOf(text, file);
  if (faults.length > 0) return wrong(`${file} would be wrong, and is left as it is:`, ...faults);
  await writeFile(file, text);
  process.stdout.write(told.map((line) => `${line}\n`).join(''));
  return EXIT.ok;
}

async function faultsOf(text: string, file: string): Promise<readonly string[]> {
  const now = systemClock.now();
  const loaded = await loadConfig(text, { env: process.env, file, now, profiles: shippedProfiles });
  return 'config' in loaded ? [] : loaded.problems.map(formatProblem);
}

function wrong(...problems: readonly string[]): number {
  for (const problem of problems) process.stderr.write(`plumbline: ${problem}\n`);
  return EXIT.wrong;
}
