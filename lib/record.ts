import type { Claimed } from './announce.ts';
import type { Clock } from './clock.ts';
import type { AlertsSettings } from './config/schema.ts';
import { isFoundByTicks, tickClaim } from './dispatch/held.ts';
import { recordOf, type Run } from './incidents/facts.ts';
import { owesAnything } from './incidents/settle.ts';
import { turnOf } from './incidents/storm.ts';
import { type ActiveMutes, mutesAt } from './mutes.ts';
import type { Notifier, NotifierPorts } from './notifiers/notifier.ts';
import { printable } from './printable.ts';
import { type AlertRules, type Claim, type Decided, hasLapsedClaim, heldIn, withDebts } from './remember.ts';
import { type Store, StoreError } from './stores/store.ts';
import type { LogLine, Trouble } from './trouble.ts';

export interface RecordPorts {
  readonly clock: Clock;
  readonly alerts: AlertRules & Pick<AlertsSettings, 'mutes'>;
  readonly notifiers: readonly Notifier[];
  readonly store: Store;
  readonly sending: Pick<NotifierPorts, 'deadline'>;
  readonly log: (line: LogLine) => void;
}

interface Recording {
  readonly mutes: ActiveMutes;
  /** Who sends: another one for each invocation. */
  readonly claimant: string;
  /** What a counted run teaches the baselines of each cluster. */
  readonly keeps?: ReadonlyMap<string, () => Promise<void>>;
  /** Decides a cluster anew, by what is remembered then, where another one wrote first. */
  readonly anew?: ReadonlyMap<string, () => Promise<Decided>>;
}

/** More writers than these do not meet over one cluster within a moment. */
const TRIES = 4;

/** A mute that cannot be read holds nothing back: an alert too many is better than one too few. */
export async function activeMutes(
  { store, clock, alerts, log }: Omit<RecordPorts, 'notifiers' | 'sending'>,
  trouble: Trouble,
): Promise<ActiveMutes> {
  const now = clock.now();
  const added = await store.mutes(now).catch((error: unknown) => {
    if (!(error instanceof StoreError)) throw error;
    trouble.counts.forgotten += 1;
    log({ what: 'mutes', error });
    return [];
  });
  return mutesAt(alerts.mutes, added, now);
}

/**
 * Records what was decided and what is owed, and returns what this run has to send. Whoever is overtaken by its twin, or a
 * later run, stops here; what was dispatched is left to the next tick, unless that failed to tell the last time, or comes too late.
 */
export async function record(
  decided: Decided,
  run: Run,
  recording: Recording,
  ports: RecordPorts,
  trouble: Trouble,
  tries = TRIES,
): Promise<Claimed | undefined> {
  const { store, clock, alerts, notifiers, sending, log } = ports;
  const { mutes, claimant, keeps, anew } = recording;
  const { cluster, report, version, decision } = decided;
  if (!decision && run.isDispatched) {
    // Its twin has left to the next tick what there is to tell.
    log({ what: 'repeated', cluster: printable(cluster.name), run: run.id });
    return undefined;
  }
  const now = clock.now();
  const owing = (claim: Claim) => withDebts(decided, { notifiers, mutes, rules: alerts, now, ...claim });
  const own = owing({ claimant, until: sending.deadline });
  const left = owing(tickClaim({ at: run.at, by: claimant }));
  const isHeld =
    run.isDispatched === true &&
    (await hold(decided, run, { by: claimant, isOwing: owesAnything(left.memory) }, ports, trouble));
  const isLeft = isHeld && !hasLapsedClaim(decided.memory, now) && isFoundByTicks(run.at, now);
  const { memory, isClaimed } = isLeft ? left : own;
  for (const [by, signals] of heldIn(memory))
    log({ what: 'held', cluster: printable(cluster.name), signals, by });
  if (!decision) log({ what: 'repeated', cluster: printable(cluster.name), run: run.id });
  if (!decision && !isClaimed) return undefined;
  const isWritten = await trouble.spare(cluster.name, () => store.write(cluster.name, memory, version));
  if (isWritten === false) {
    log({ what: 'overtaken', cluster: printable(cluster.name) });
    const held = { cluster: cluster.name, at: run.at, by: claimant };
    if (isHeld) await trouble.spare(cluster.name, () => store.release(held));
    // Who records a delivery overtakes as well: that must not cost the run.
    const decideAnew = run.isDispatched && tries > 1 ? anew?.get(cluster.name) : undefined;
    const next = decideAnew && (await trouble.spare(cluster.name, decideAnew));
    return next && record(next, run, recording, ports, trouble, tries - 1);
  }
  if (!isWritten) return undefined;
  if (decision && report.signals.length > 0) {
    await trouble.spare(cluster.name, () => store.addRun(recordOf(run, report, decision, now)));
    // A second look sees the same again.
    if (!run.isConfirmation) await keeps?.get(cluster.name)?.();
  }
  return isClaimed && !isLeft ? { cluster, report, memory, version: version + 1, checkedAt: now } : undefined;
}

/**
 * Whether ticks can tell what this run has to tell: at once where it is left to them, else what remains if this run dies or
 * a channel does not take it. Written before the memory, whose debts it tells of: without them it means nothing.
 */
async function hold(
  { cluster, report, decision }: Decided,
  run: Run,
  { by, isOwing }: { readonly by: string; readonly isOwing: boolean },
  { store, clock }: RecordPorts,
  trouble: Trouble,
): Promise<boolean> {
  const [turn = null] = decision ? turnOf(cluster, report, decision.turned) : [];
  if (!isOwing && !turn) return true;
  const { at } = run;
  const seen = isOwing ? report : null;
  const held = { cluster: cluster.name, at, checkedAt: clock.now(), by, report: seen, turn, storm: null };
  const kept = await trouble.spare(cluster.name, async () => {
    await store.hold(held);
    return true;
  });
  return kept ?? false;
}
