import { dispatchHealth } from '../health.ts';
import { printable } from '../printable.ts';
import { openTrouble } from '../trouble.ts';
import { runsDue, type Scheduled } from './due.ts';
import type { ConfigurationState } from './own-facts.ts';
import { readOwn } from './own.ts';
import { type SendBatch, sendRuns } from './send.ts';
import { TICK_MS } from './slots.ts';
import { tell, type TellPorts } from './tell.ts';

export interface DispatchPorts extends TellPorts {
  readonly send: SendBatch;
  /** Remembers the configuration where it is new and good; rejects with a StoreError where that cannot be. */
  readonly keepConfig: () => Promise<void>;
  /** Tells somebody outside that all is well; undefined where nobody listens. Never rejects. */
  readonly heartbeat: (() => Promise<void>) | undefined;
  /** The deployment that its metrics are of. */
  readonly stage: string;
  readonly emit: (line: string) => void;
}

/** What a tick came to. */
export interface Dispatched {
  readonly tick: string;
  /** Clusters whose run was sent to the queue. */
  readonly sent: number;
  /** Clusters whose run the queue did not take. */
  readonly unsent: number;
  /** Clusters of which it was told that they are not verified. */
  readonly overdue: number;
  readonly undelivered: number;
  readonly forgotten: number;
  readonly defects: number;
}

/**
 * One tick: sends a run of each cluster that is due to the queue, tells what the runs of the tick before found, and says of
 * which clusters no runs come. Whoever comes second with the same tick sends and tells nothing. Nothing is thrown.
 */
export async function dispatch(
  tick: number,
  clusters: readonly Scheduled[],
  configuration: ConfigurationState,
  ports: DispatchPorts,
): Promise<Dispatched> {
  const { store, clock, log } = ports;
  const trouble = openTrouble(log);
  const startedAt = clock.now();
  await trouble.spare('plumbline', ports.keepConfig);
  const own = await trouble.spare('plumbline', () => readOwn(store, tick));
  if (own?.isRepeated) log({ what: 'repeated', cluster: 'plumbline', run: new Date(tick).toISOString() });
  // Without a memory nothing can be told, but what is due is still verified.
  const after = own?.after ?? tick - TICK_MS;
  const due = own?.isRepeated ? [] : runsDue(clusters, after, tick, own?.memory.unsent);
  // A queue that hangs must leave time to tell what was found.
  const deadline = startedAt + (ports.sending.deadline - startedAt) / 2;
  const unsent = await sendRuns(due, { ...ports, deadline });
  for (const { cluster, detail } of unsent)
    log({ what: 'unsent', cluster: printable(cluster), detail: printable(detail) });
  const told =
    own && !own.isRepeated ? await tell(own, { clusters, configuration, unsent }, ports, trouble) : undefined;
  const result = {
    tick: new Date(tick).toISOString(),
    sent: due.length - unsent.length,
    unsent: unsent.length,
    overdue: told?.overdue ?? 0,
    undelivered: told?.undelivered ?? 0,
    ...trouble.counts,
  };
  const isWhole = [result.unsent, result.undelivered, result.forgotten, result.defects].every(
    (one) => one === 0,
  );
  const at = clock.now();
  const { stage } = ports;
  ports.emit(dispatchHealth({ ...result, stage, unseen: told, durationMs: at - startedAt, at }));
  // Last: whoever listens outside may be slow.
  if (told?.isComplete && isWhole) await ports.heartbeat?.();
  return result;
}
