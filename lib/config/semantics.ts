import { formatDuration } from '../duration.ts';
import type { Crons } from '../mutes/cron.ts';
import { DEFAULT_FRESH_MS } from '../plan.ts';
import { statePlanes } from '../signal.ts';
import { accountFaults } from './accounts.ts';
import { contradictions, MOST_TRACES } from './contradictions.ts';
import type { DraftCluster, DraftConfig, DraftSignal } from './draft.ts';
import { everyFaults } from './every-faults.ts';
import { measureFaults } from './measure-faults.ts';
import { muteFaults } from './mute-faults.ts';
import { comparisonsOf, parityFaults } from './parity-faults.ts';
import { type Fault, type Path, suggestion, valueAt } from './problems.ts';
import type { PromqlSyntax } from './promql.ts';
import type { Regexes } from './regexes.ts';
import { selectionFaults } from './selections.ts';

/** What the rules between the parts are judged with. */
export interface SemanticPorts {
  readonly regexes: Regexes;
  /** Needed where the configuration has a cron. */
  readonly crons: Crons | undefined;
  /** Needed where the configuration has a query of its own. */
  readonly promql: PromqlSyntax | undefined;
  /** Milliseconds since the epoch; undefined where nothing is too old to be told. */
  readonly now: number | undefined;
}

/**
 * What is wrong between the parts of a configuration, judged on whatever of it is valid.
 * `written` is the document as the file has it, for the names in messages.
 */
export function semanticFaults(draft: DraftConfig, written: unknown, ports: SemanticPorts): Fault[] {
  const { crons, now } = ports;
  const clusters = draft.clusters ?? [];
  return [
    ...repeated(clusters, ['clusters'], 'cluster'),
    ...clusters.flatMap((cluster, index) =>
      cluster ? clusterFaults(cluster, ['clusters', index], written, ports) : [],
    ),
    ...selectionFaults(draft, written),
    ...muteFaults(draft, crons, now),
  ];
}

function clusterFaults(cluster: DraftCluster, path: Path, written: unknown, ports: SemanticPorts): Fault[] {
  const signals = cluster.signals ?? [];
  const faults = [...repeated(signals, [...path, 'signals'], 'signal'), ...accountFaults(cluster, path)];
  if (signals.length > 0 && signals.every((signal) => signal?.off === true)) {
    const says =
      'are all switched off, so that nothing is verified; remove off: true from one, or the cluster';
    faults.push({ path: [...path, 'signals'], on: 'value', level: 'warning', says });
  }
  const gates = gatesOf(signals, path, written);
  const names = signals.map((_, index) => valueAt(written, [...path, 'signals', index, 'name']));
  const comparisons = comparisonsOf(signals, names);
  for (const [index, signal] of signals.entries()) {
    if (!signal) continue;
    const at = [...path, 'signals', index];
    const compared = comparisons.labels.get(signal.name ?? '');
    for (const fault of [
      ...contradictions(signal, ports.regexes, compared),
      ...measureFaults(signal, ports),
      ...parityFaults(signal, comparisons),
    ])
      faults.push(inside(at, fault));
    faults.push(...whenFaults(signal, gates, written, at), ...everyFaults(signal, cluster, at));
  }
  return faults;
}

function inside(path: Path, fault: Fault): Fault {
  return { ...fault, path: [...path, ...fault.path] };
}

/** The second and any further use of a name. */
function repeated(
  items: readonly ({ readonly name?: string | undefined } | undefined)[],
  path: Path,
  what: string,
): Fault[] {
  const first = new Map<string, number>();
  return items.flatMap((item, index): Fault[] => {
    if (item?.name === undefined) return [];
    const earlier = first.get(item.name);
    first.set(item.name, earlier ?? index);
    if (earlier === undefined) return [];
    const says = `is already the name of another ${what}; give each its own`;
    return [
      {
        path: [...path, index, 'name'],
        on: 'value',
        level: 'error',
        says,
        other: [...path, earlier, 'name'],
      },
    ];
  });
}

/** The signals of a cluster by name, read once for all of them. */
interface Gates {
  /** Whether any signal of the name is judged. */
  readonly isOn: ReadonlyMap<string, boolean>;
  /** Whether following `when` from a signal comes back to it. */
  readonly isInCycle: (name: string | undefined) => boolean;
  /** How long the series of a signal count as live, by name. Milliseconds. */
  readonly freshMs: ReadonlyMap<string, number>;
  /** Signals of machinery, which have no series, by name. */
  readonly states: ReadonlySet<string | undefined>;
  /** The most that can be counted of a signal where that is not a matter of its series, by name. */
  readonly most: ReadonlyMap<string, Most>;
  /** A name that could not be read may be any. */
  readonly hasUnnamed: boolean;
  /** The names as the file has them. */
  readonly written: readonly string[];
}

function gatesOf(signals: readonly (DraftSignal | undefined)[], path: Path, written: unknown): Gates {
  const isOn = new Map<string, boolean>();
  for (const signal of signals) {
    if (signal?.name === undefined) continue;
    isOn.set(signal.name, isOn.get(signal.name) === true || signal.off !== true);
  }
  const names = signals.map((_, index) => valueAt(written, [...path, 'signals', index, 'name']));
  const next = new Map(
    signals.flatMap((signal) =>
      signal?.name && signal.when?.signal ? [[signal.name, signal.when.signal]] : [],
    ),
  );
  const freshMs = new Map(
    signals.flatMap((signal) => (signal?.name ? [[signal.name, signal.fresh ?? DEFAULT_FRESH_MS]] : [])),
  );
  const states = new Set(
    signals.filter((signal) => signal && statePlanes.some((plane) => signal[plane])).map((one) => one?.name),
  );
  const most = new Map(
    signals.flatMap((signal) => {
      const limit = signal && mostOf(signal);
      return signal?.name && limit ? [[signal.name, limit]] : [];
    }),
  );
  return {
    isOn,
    freshMs,
    states,
    most,
    isInCycle: (name) => {
      const seen = new Set<string>();
      for (let at = name && next.get(name); at !== undefined && !seen.has(at); at = next.get(at)) {
        if (at === name) return true;
        seen.add(at);
      }
      return false;
    },
    hasUnnamed: signals.some((signal) => signal?.name === undefined),
    written: names.filter((name) => typeof name === 'string'),
  };
}

function whenFaults(signal: DraftSignal, gates: Gates, written: unknown, path: Path): Fault[] {
  const gate = signal.when?.signal;
  if (gate === undefined) return [];
  const at = [...path, 'when', 'signal'];
  const fault = (says: string): Fault[] => [{ path: at, on: 'value', level: 'error', says }];
  if (gate === signal.name) return fault('is the signal itself; name another signal of the cluster');
  if (gates.isInCycle(signal.name)) {
    return fault(
      'leads back to the signal itself, so that all of them could be idle for ever; cut the circle',
    );
  }
  if (gates.states.has(gate))
    return fault('has no series that could be counted; name a signal of another plane');
  const isOn = gates.isOn.get(gate);
  if (isOn === false) return fault('is switched off; name another signal, or remove its off: true');
  if (isOn === true) return [...gateFaults(signal, gates, path), ...gateWarnings(signal, gates, at)];
  if (gates.hasUnnamed) return [];
  const own = valueAt(written, [...path, 'name']);
  const others = gates.written.filter((name) => name !== own);
  const remedy = others.length === 0 ? 'it has no other' : suggestion(String(valueAt(written, at)), others);
  return fault(`names no signal of this cluster; ${remedy}`);
}

interface Most {
  readonly count: number;
  readonly says: string;
}

function mostOf({ logs, xray }: DraftSignal): Most | undefined {
  if (logs !== undefined) {
    const says =
      'is more than a log group can have, which counts as one; write 1, or name a signal of a metric';
    return { count: 1, says };
  }
  if (xray === undefined) return undefined;
  return {
    count: MOST_TRACES,
    says: `is more than can be counted trace by trace; write ${MOST_TRACES} or less`,
  };
}

/** A gate that cannot open excuses everything for ever. */
function gateFaults({ when }: DraftSignal, { most }: Gates, path: Path): Fault[] {
  const limit = most.get(when?.signal ?? '');
  if (!limit || when?.atLeast === undefined || when.atLeast <= limit.count) return [];
  return [{ path: [...path, 'when', 'atLeast'], on: 'value', level: 'error', says: limit.says }];
}

/** A gate that stays open longer than its signal stays fresh accuses it whenever traffic stops. */
function gateWarnings(signal: DraftSignal, { freshMs }: Gates, at: Path): Fault[] {
  const own = signal.fresh ?? DEFAULT_FRESH_MS;
  const gate = freshMs.get(signal.when?.signal ?? '') ?? own;
  if (gate <= own) return [];
  const says = `stays live for ${formatDuration(gate)} after traffic stops, longer than this signal stays fresh (${formatDuration(own)}); give it a fresh of ${formatDuration(own)} or less`;
  return [{ path: at, on: 'value', level: 'warning', says }];
}
