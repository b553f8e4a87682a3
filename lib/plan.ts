import { didYouMean, knownNames, quote } from './config/problems.ts';
import type { ClusterSettings, Config, SignalSettings } from './config/schema.ts';
import {
  isOneOf,
  isStream,
  type Plane,
  planes,
  type Signal,
  statePlanes,
  type StreamPlane,
  type StreamSignal,
  type When,
} from './signal.ts';

/** How old the newest sample may be where a signal does not say. */
export const DEFAULT_FRESH_MS = 15 * 60_000;

export interface PlannedSignal {
  readonly signal: Signal;
  /** False for a signal that is only asked because `when` of a judged one names it. */
  readonly judged: boolean;
}

export interface PlannedCluster {
  readonly name: string;
  readonly region: string;
  readonly signals: readonly PlannedSignal[];
}

/** The other signals of its cluster that must be asked with a signal: its gate, and what it is compared with. */
export function asksAbout(signal: Signal): readonly string[] {
  const parity = isStream(signal) ? signal.parity : undefined;
  return [...(signal.when ? [signal.when.signal] : []), ...(parity ? [parity.with.name] : [])];
}

/** Names of clusters and signals; an empty or missing list selects all. */
export interface Selection {
  readonly clusters?: readonly string[];
  readonly signals?: readonly string[];
}

/**
 * Which signals are asked, each with what its cluster sets merged under its own. Clusters without a signal to judge
 * are left out. Problems where a selected name is unknown or switched off, and where nothing is left to verify.
 */
export function plan(
  config: Config,
  { clusters = [], signals = [] }: Selection,
): { readonly clusters: readonly PlannedCluster[] } | { readonly problems: readonly string[] } {
  const selected = config.clusters.filter(({ name }) => clusters.length === 0 || clusters.includes(name));
  const problems = [
    ...unknownNames('cluster', clusters, config.clusters),
    ...unknownSignals(signals, selected.length > 0 ? selected : config.clusters),
  ];
  if (problems.length > 0) return { problems };
  const planned = selected
    .map((cluster) => planCluster(cluster, signals))
    .filter((cluster) => cluster.signals.some(({ judged }) => judged));
  return planned.length === 0
    ? { problems: ['there is nothing to verify: every signal is switched off'] }
    : { clusters: planned };
}

function unknownSignals(names: readonly string[], clusters: readonly ClusterSettings[]): string[] {
  const all = clusters.flatMap((cluster) => cluster.signals);
  const known = new Set(all.map(({ name }) => name));
  const on = new Set(all.filter(({ off }) => off !== true).map(({ name }) => name));
  const off = [...new Set(names)].filter((name) => known.has(name) && !on.has(name));
  return [
    ...unknownNames('signal', names, all),
    ...off.map((name) => `signal ${quote(name)} is switched off; remove its off: true`),
  ];
}

/** A problem for each of the names that none of `all` has, with the nearest one that there is. */
export function unknownNames(
  what: string,
  names: readonly string[],
  all: readonly { readonly name: string }[],
): string[] {
  const known = [...new Set(all.map(({ name }) => name))];
  return [...new Set(names)]
    .filter((name) => !known.includes(name))
    .map((name) => {
      const near = didYouMean(name, known);
      return `there is no ${what} ${quote(name)}; ${near === undefined ? '' : `${near} `}${knownNames(known)}`;
    });
}

function planCluster(cluster: ClusterSettings, selected: readonly string[]): PlannedCluster {
  const on = cluster.signals.filter(({ off }) => off !== true);
  const judged = new Set(on.filter(({ name }) => selected.length === 0 || selected.includes(name)));
  const gates = new Set([...judged].map(({ when }) => when?.signal));
  const others = new Set([...judged].map(({ parity }) => parity?.of));
  const asked = on.filter(
    (signal) => judged.has(signal) || gates.has(signal.name) || others.has(signal.name),
  );
  return {
    name: cluster.name,
    region: cluster.region,
    signals: asked.flatMap((settings) => {
      const signal = planSignal(cluster, settings);
      const gate = judged.has(settings) ? planGate(signal, settings) : undefined;
      const compared = withParity(gate?.gated ?? signal, settings, cluster);
      const own = { signal: compared, judged: judged.has(settings) };
      return gate ? [own, { signal: gate.gating, judged: false }] : [own];
    }),
  };
}

/** The signal with the one that it is compared with; the configuration makes sure that there is one. */
function withParity(signal: Signal, { parity }: SignalSettings, cluster: ClusterSettings): Signal {
  const settings = parity && cluster.signals.find(({ name, off }) => name === parity.of && off !== true);
  const other = settings && planSignal(cluster, settings);
  if (!parity || !other || !isStream(other) || !isStream(signal)) return signal;
  const { map, tolerance, skew } = parity;
  return { ...signal, parity: { with: other, map, tolerance, skew } };
}

/** Names of signals have no control characters. */
const GATE_OF = '\u0000when ';

/**
 * A metric that says whether there is traffic, as a signal that is only asked: where its signal is and as far back as that
 * may be silent. Undefined where `when` names another signal, or is not there.
 */
function planGate(signal: Signal, { when }: SignalSettings): { gated: Signal; gating: Signal } | undefined {
  if (when?.cloudwatch === undefined) return undefined;
  const { region, role, externalId, account, maxSamplesProcessed, severity } = signal;
  const gating: StreamSignal = {
    region,
    role,
    externalId,
    account,
    maxSamplesProcessed,
    severity,
    name: `${GATE_OF}${signal.name}`,
    plane: 'cloudwatch',
    address: when.cloudwatch,
    endpoint: undefined,
    metric: when.metric ?? '',
    match: when.match ?? [],
    by: [],
    freshMs: isStream(signal) ? signal.freshMs : DEFAULT_FRESH_MS,
    expectsSeries: true,
    series: undefined,
    labels: undefined,
    dimensions: undefined,
    when: undefined,
    failAfter: undefined,
    runbook: undefined,
  };
  return { gated: { ...signal, when: { signal: gating.name, atLeast: when.atLeast, sums: true } }, gating };
}

/** Whether targets are up is judged over several scrapes: `fresh` exceeds the interval, and half of the time must too. */
function scrapesOverMs(freshMs: number): number {
  return Math.max(10 * 60_000, 2 * freshMs);
}

function planSignal(cluster: ClusterSettings, signal: SignalSettings): Signal {
  const plane = planeOf(signal);
  const base = {
    name: signal.name,
    address: addressOf(signal, plane, cluster),
    endpoint: signal.endpoint,
    region: signal.region ?? cluster.region,
    role: signal.role ?? cluster.role,
    externalId: signal.externalId ?? cluster.externalId,
    account: signal.account,
    maxSamplesProcessed: signal.maxSamplesProcessed ?? cluster.maxSamplesProcessed,
    cluster: cluster.name,
    everyMs: signal.every ?? cluster.every,
    when: whenOf(signal),
    severity: signal.severity,
    failAfter: signal.failAfter,
    runbook: signal.runbook,
  };
  if (isOneOf(statePlanes, plane)) {
    const { version, running, containers, discarded, quotas, scrapers, rules, alerting } = signal;
    return { ...base, plane, version, running, containers, discarded, quotas, scrapers, rules, alerting };
  }
  const { series, labels, dimensions, churn, statistic, targets, promql, probe } = signal;
  const { retention, logClass, encrypted, streams, emf, traces } = signal;
  const freshMs = signal.fresh ?? DEFAULT_FRESH_MS;
  return {
    ...base,
    plane,
    metric: signal.metric ?? ARRIVALS[plane] ?? '',
    match: signal.match ?? [],
    by: signal.by ?? [],
    freshMs,
    expectsSeries: series?.max !== 0 && series?.exactly !== 0,
    series,
    labels,
    dimensions,
    churn,
    statistic,
    targets: targets && { ...targets, over: scrapesOverMs(freshMs) },
    promql,
    probe,
    retention,
    logClass,
    encrypted,
    streams,
    emf,
    traces,
  };
}

/** What `when` says of another signal; a gate on a metric is planned apart. */
function whenOf({ when }: SignalSettings): When | undefined {
  return when?.signal === undefined ? undefined : { signal: when.signal, atLeast: when.atLeast };
}

/** What arrives where there are no metrics. */
const ARRIVALS: Partial<Record<StreamPlane, string>> = { logs: 'IncomingLogEvents', xray: 'traces' };

/** The schema has made sure that there is exactly one. */
function planeOf(settings: SignalSettings): Plane {
  return planes.find((key) => settings[key] !== undefined) ?? 'amp';
}

/** What lives inside a cluster of EKS or ECS is addressed with it; by default it has the name of Plumbline's. */
function addressOf(settings: SignalSettings, plane: Plane, cluster: ClusterSettings): string {
  const address = settings[plane];
  if (typeof address !== 'string') return settings.region ?? cluster.region;
  const isInside = plane === 'eksAddon' || plane === 'ecsService';
  return isInside && !address.includes('/') ? `${cluster.name}/${address}` : address;
}
