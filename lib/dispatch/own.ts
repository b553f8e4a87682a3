import type { Claimed } from '../announce.ts';
import { OWN } from '../departures.ts';
import { decide, isRepeated } from '../incidents/decide.ts';
import type { ClusterMemory } from '../incidents/memory.ts';
import type { Occasion } from '../incidents/occasion.ts';
import type { Message } from '../message.ts';
import { printable } from '../printable.ts';
import type { RecordPorts } from '../record.ts';
import { withDebts } from '../remember.ts';
import type { Store } from '../stores/store.ts';
import type { Trouble } from '../trouble.ts';
import { clusterOf, CONFIGURATION, notVerified, type OwnObservation, ownFacts } from './own-facts.ts';
import { composeOwn } from './own-message.ts';
import type { SettleContext } from './settle.ts';
import { TICK_MS } from './slots.ts';

/** What Plumbline remembers of itself before a tick. */
export interface OwnTick {
  readonly tick: number;
  /** The tick that was counted before, or would have been. Milliseconds since the epoch. */
  readonly after: number;
  /** This tick was counted before. That a later one was is found out by whoever counts it. */
  readonly isRepeated: boolean;
  readonly memory: ClusterMemory;
  readonly version: number;
}

const ITSELF = { name: 'plumbline', region: '', signals: [] };
const REPORT = { cluster: 'plumbline', verdict: 'ok' as const, cause: null, signals: [] };

/** Nobody could see a tick sooner than this one tells; blindness of the configuration is told after three. */
const RULES = { recoverAfter: 1, blindAfter: 3 };

/** What is remembered of the ticks before. */
export async function readOwn(store: Pick<Store, 'read'>, tick: number): Promise<OwnTick> {
  const { memory, version } = await store.read(OWN);
  const facts = { id: new Date(tick).toISOString(), at: tick, checkedAt: tick };
  const after = Math.min(memory.runs[0]?.at ?? tick - TICK_MS, tick);
  return { tick, after, isRepeated: isRepeated(memory, facts), memory, version };
}

type Announce = (
  claims: readonly Claimed[],
  store: Store,
  compose: (occasion: Occasion) => Message,
) => Promise<ReadonlyMap<string, number>>;

/**
 * Counts the tick, and tells which clusters are not verified and what is wrong with the configuration: each once, and once
 * when it is over. Undefined where another one counted the tick, or it could not be written.
 */
export async function tellOwn(
  { memory, version }: OwnTick,
  observed: OwnObservation,
  { mutes, claimant }: SettleContext,
  ports: RecordPorts,
  trouble: Trouble,
  announce: Announce,
): Promise<{ readonly undelivered: number; readonly overdue: number } | undefined> {
  const { store, clock, alerts, notifiers, sending, log } = ports;
  const now = clock.now();
  const facts = ownFacts(memory, observed, now);
  const decision = decide(ITSELF.name, memory, facts.run, RULES);
  if (!decision) return undefined;
  const { unsent: _before, ...counted } = decision.memory;
  const unsent = observed.unsent.map(({ cluster, at }) => ({ cluster, at }));
  const next = unsent.length > 0 ? { ...counted, unsent } : counted;
  const decided = { cluster: ITSELF, report: REPORT, memory: next, version, decision };
  const { memory: owing, isClaimed } = withDebts(decided, {
    notifiers,
    mutes,
    rules: alerts,
    claimant,
    now,
    until: sending.deadline,
    concerning: (signal) => ({ cluster: clusterOf(signal) ?? 'plumbline', signal: CONFIGURATION }),
  });
  const isWritten = await trouble.spare('plumbline', () => store.write(OWN, owing, version));
  if (isWritten === false) log({ what: 'overtaken', cluster: 'plumbline' });
  if (!isWritten) return undefined;
  const unreadable = { observed: facts.unreadable, expected: 'a configuration that can be read' };
  for (const name of decision.turned)
    log({ what: 'itself', about: printable(name), findings: facts.findings.get(name) ?? [unreadable] });
  const overdue = notVerified(decision.memory).length;
  if (!isClaimed) return { undelivered: 0, overdue };
  const claim = { ...decided, memory: owing, version: version + 1, checkedAt: now };
  const told = await announce([claim], ownStore(store), (occasion) => composeOwn(occasion, facts));
  return { undelivered: told.get(ITSELF.name) ?? 0, overdue };
}

/** The store as whoever announces uses it, with what Plumbline remembers of itself under its own key. */
function ownStore(store: Store): Store {
  return {
    ...store,
    read: () => store.read(OWN),
    write: (_cluster, memory, version) => store.write(OWN, memory, version),
  };
}
