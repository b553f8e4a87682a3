import type { AlertsSettings } from './config/schema.ts';
import { isTickClaim } from './dispatch/held.ts';
import type { Marker } from './expectation.ts';
import { decide, type Decision, ownKey } from './incidents/decide.ts';
import { factsOf, type Run } from './incidents/facts.ts';
import { rekey, stormKey } from './incidents/incident-states.ts';
import { withMarkers } from './incidents/machinery.ts';
import { type ClusterMemory, signalIn } from './incidents/memory.ts';
import { owe } from './incidents/owe.ts';
import { owesAnything } from './incidents/settle.ts';
import { stormsOf, turnOf } from './incidents/storm.ts';
import type { ActiveMutes } from './mutes.ts';
import type { Channel, Notifier } from './notifiers/notifier.ts';
import { admits } from './only.ts';
import type { PlannedCluster } from './plan.ts';
import { printable } from './printable.ts';
import type { Report } from './report/report.ts';
import { answersAtOnce, isStream, type Signal } from './signal.ts';
import type { Awaiting } from './silence.ts';
import type { Stored } from './stores/store.ts';

export type AlertRules = Pick<AlertsSettings, 'failAfter' | 'recoverAfter' | 'remindEvery' | 'blindAfter'>;

/** A cluster after a run was decided, before anything is written. */
export interface Decided {
  readonly cluster: PlannedCluster;
  readonly report: Report['clusters'][number];
  readonly memory: ClusterMemory;
  /** The version that the memory was read at. */
  readonly version: number;
  /** undefined where the run was counted before, or came late. */
  readonly decision: Decision | undefined;
}

export interface DecideOptions {
  readonly run: Run;
  readonly rules: AlertRules;
  /** Milliseconds since the epoch. */
  readonly checkedAt: number;
  /** What incidents would wait for, by signal; nothing where that was not looked at. */
  readonly awaiting?: ReadonlyMap<string, Awaiting>;
  /** What the run saw of the machinery. */
  readonly markers?: readonly Marker[];
  /** How often the cluster is verified, in milliseconds; undefined where that does not matter. */
  readonly everyMs?: number | undefined;
}

/** The cluster with what its open incidents wait for: it is expected although it may be gone for hours. */
export function waitingFor(cluster: PlannedCluster, memory: ClusterMemory): PlannedCluster {
  const waiting = <S extends Signal>(signal: S): S => {
    const awaited = signalIn(memory, signal.name)?.failing?.awaited;
    return awaited ? { ...signal, awaited } : signal;
  };
  return {
    ...cluster,
    signals: cluster.signals.map((planned) => {
      const signal = waiting(planned.signal);
      const parity = isStream(signal) ? signal.parity : undefined;
      return {
        ...planned,
        signal: parity ? { ...signal, parity: { ...parity, with: waiting(parity.with) } } : signal,
      };
    }),
  };
}

/** What a run's report of a cluster makes of its memory. */
export function decideCluster(
  cluster: PlannedCluster,
  report: Report['clusters'][number],
  { memory, version }: Stored,
  { run, rules, checkedAt, awaiting = new Map(), markers = [], everyMs }: DecideOptions,
): Decided {
  const facts = factsOf(run, report, cluster, { checkedAt, failAfter: rules.failAfter, awaiting });
  const machinery = withMarkers(memory.machinery ?? [], markers, checkedAt);
  const before = {
    ...memory,
    ...(machinery.length === 0 ? {} : { machinery }),
    ...(everyMs === undefined ? {} : { everyMs }),
  };
  const decision = decide(cluster.name, before, facts, rules);
  return { cluster, report, memory: decision?.memory ?? memory, version, decision };
}

/** What several clusters share gets one key, before anything is written: it stays one story until it is over. */
export function inStorms(
  decided: readonly Decided[],
  run: Run,
  watched: readonly PlannedCluster[],
): readonly Decided[] {
  const turns = decided.flatMap(({ cluster, report, decision }) =>
    decision ? turnOf(cluster, report, decision.turned) : [],
  );
  const keys = new Map(
    stormsOf(turns, watched).flatMap(({ place, clusters }) =>
      [...clusters].map((name) => [name, stormKey(run.at, place)] as const),
    ),
  );
  return decided.map((one) => {
    const { name } = one.cluster;
    const key = keys.get(name);
    return key === undefined ? one : { ...one, memory: rekey(one.memory, ownKey(name, run.at), key) };
  });
}

/** Who sends what is owed, and until when it may, in milliseconds since the epoch. */
export interface Claim {
  /** Another one for each invocation, even of the same run; or the tick that will. */
  readonly claimant: string;
  readonly until: number;
}

/** Programs that keep an incident open until they hear that it is over. */
const COUNT_INCIDENTS: ReadonlySet<Channel> = new Set<Channel>(['pagerduty', 'webhook']);

export interface DebtRules extends Claim {
  readonly notifiers: readonly Notifier[];
  readonly mutes: ActiveMutes;
  readonly rules: Pick<AlertRules, 'remindEvery'>;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** What a signal's messages are about, for mutes and for channels that are limited; by default the cluster's signal. */
  readonly concerning?: (signal: string) => { readonly cluster: string; readonly signal: string };
}

/** Whoever had the claim to send did not give it back: what is owed may be in nobody's hands. */
export function hasLapsedClaim({ sending }: ClusterMemory, now: number): boolean {
  return sending !== undefined && sending.until <= now;
}

/** The memory with what is owed now, and the claim to send it, unless another run holds it. */
export function withDebts(
  { cluster, memory }: Decided,
  { notifiers, mutes, rules, claimant, now, until, concerning }: DebtRules,
): { readonly memory: ClusterMemory; readonly isClaimed: boolean } {
  const concernOf = concerning ?? ((signal: string) => ({ cluster: cluster.name, signal }));
  const owing = owe(memory, {
    listeners: notifiers.map(({ key, only, channel }) => ({
      key,
      countsIncidents: COUNT_INCIDENTS.has(channel),
      wants: (signal, severity) => admits(only, { ...concernOf(signal), severity }),
    })),
    heldBy: (signal) => {
      const about = concernOf(signal);
      return mutes.heldBy(about.cluster, about.signal);
    },
    now,
    remindEveryMs: rules.remindEvery,
  });
  const { sending } = memory;
  const isHandedOn = isTickClaim(sending?.by) && isTickClaim(claimant);
  const isBusy = sending !== undefined && sending.until > now && !isHandedOn;
  if (isBusy) return { memory: owing, isClaimed: false };
  if (!owesAnything(owing)) return { memory: unclaimed(owing), isClaimed: false };
  return { memory: { ...owing, sending: { by: claimant, until } }, isClaimed: true };
}

/** The memory without a claim to send. */
export function unclaimed({ sending: _before, ...memory }: ClusterMemory): ClusterMemory {
  return memory;
}

/** The signals of which a mute holds something back, by its words. */
export function heldIn({ signals }: ClusterMemory): ReadonlyMap<string, readonly string[]> {
  const held = Object.entries(signals).flatMap(([signal, { failing, blind, gain }]) => {
    const by = failing?.heldBy ?? blind?.heldBy ?? gain?.heldBy;
    return by === undefined ? [] : [{ signal: printable(signal), by }];
  });
  return new Map(
    [...Map.groupBy(held, ({ by }) => by)].map(([by, all]) => [by, all.map(({ signal }) => signal)]),
  );
}

/**
 * Clusters that a second look would soon tell a break from a hiccup in: on planes whose answers are fresh within
 * seconds, something fails for the first time and more than one run must see it.
 */
export function worthConfirming(decided: readonly Decided[], rules: AlertRules): readonly string[] {
  return decided.flatMap(({ cluster, decision }) => {
    const isWorthIt = decision?.newlyFailing.some((name) => {
      const signal = cluster.signals.find((planned) => planned.signal.name === name)?.signal;
      return signal && answersAtOnce(signal.plane) && (signal.failAfter ?? rules.failAfter) > 1;
    });
    return isWorthIt ? [cluster.name] : [];
  });
}
