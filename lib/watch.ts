import pLimit from 'p-limit';
import { clusterHealth, runHealth } from './health.ts';
import { messageOf } from './message.ts';
import {
  type Channel,
  type Delivery,
  type Notifier,
  type NotifierPorts,
  undelivered,
} from './notifiers/notifier.ts';
import type { PlannedCluster } from './plan.ts';
import { printable } from './printable.ts';
import type { Report } from './report/report.ts';
import { run, type RunPorts } from './run.ts';
import type { Verdict } from './verify.ts';

/** Channels take short bursts only; Slack about one message a second. */
const MESSAGES_IN_FLIGHT = 4;

/** One thing that is worth a line in the log. */
export type LogLine =
  | {
      readonly what: 'verdict';
      readonly cluster: string;
      readonly signal: Report['clusters'][number]['signals'][number];
    }
  | ({ readonly what: 'undelivered'; readonly cluster: string; readonly channel: Channel } & Omit<
      Extract<Delivery, { delivered: false }>,
      'delivered'
    >)
  | { readonly what: 'defect'; readonly error: unknown };

export interface WatchPorts extends Omit<RunPorts, 'onDefect' | 'onCluster'> {
  readonly notifiers: readonly Notifier[];
  /** Its `deadline` is later than the run's own: what was found late must still be told. */
  readonly sending: NotifierPorts;
  readonly log: (line: LogLine) => void;
  /** Writes one line to standard output, where CloudWatch reads metrics. */
  readonly emit: (line: string) => void;
}

export interface Watched {
  readonly clusters: readonly { readonly cluster: string; readonly verdict: Verdict | 'broken' }[];
  /** Messages that a channel did not take. */
  readonly undelivered: number;
  /** How often Plumbline itself broke. */
  readonly defects: number;
}

/**
 * One scheduled run: verifies the clusters side by side, tells every channel about each that fails as soon as it is
 * known, and says how Plumbline itself fares. Nothing that breaks stops the others, and nothing is thrown: what broke is
 * in the log, the metrics and the result.
 */
export async function watch(clusters: readonly PlannedCluster[], ports: WatchPorts): Promise<Watched> {
  const startedAt = ports.clock.now();
  let defects = 0;
  const onDefect = (error: unknown): void => {
    defects += 1;
    ports.log({ what: 'defect', error });
  };
  const channels = ports.notifiers.map((notifier) => ({ notifier, limit: pLimit(MESSAGES_IN_FLIGHT) }));
  const watchOne = async (cluster: PlannedCluster) => {
    try {
      const report = await run([cluster], { ...ports, onDefect });
      return await tell(report, channels, ports, onDefect);
    } catch (error) {
      onDefect(error);
      return { cluster: cluster.name, verdict: 'broken' as const, undelivered: 0 };
    }
  };
  const told = await Promise.all(clusters.map(watchOne));
  const result = {
    clusters: told.map(({ cluster, verdict }) => ({ cluster, verdict })),
    undelivered: told.reduce((sum, one) => sum + one.undelivered, 0),
    defects,
  };
  const now = ports.clock.now();
  ports.emit(runHealth({ ...result, clusters: clusters.length, durationMs: now - startedAt, at: now }));
  return result;
}

type OpenChannel = { readonly notifier: Notifier; readonly limit: ReturnType<typeof pLimit> };

async function tell(
  report: Report,
  channels: readonly OpenChannel[],
  ports: WatchPorts,
  onDefect: (error: unknown) => void,
) {
  const [cluster] = report.clusters;
  if (!cluster) throw new Error('a run of one cluster reported none');
  for (const signal of cluster.signals) ports.log({ what: 'verdict', cluster: cluster.cluster, signal });
  const message = messageOf(cluster, report);
  const deliveries = await Promise.all(
    channels.map(async ({ notifier, limit }): Promise<Delivery> => {
      if (!message) return { delivered: true };
      try {
        const delivery = await limit(() => notifier.send(message, ports.sending));
        if (delivery.delivered) return delivery;
        const { delivered: _delivered, ...why } = delivery;
        const { channel } = notifier;
        ports.log({ what: 'undelivered', cluster: printable(cluster.cluster), channel, ...why });
        return delivery;
      } catch (error) {
        onDefect(error);
        return undelivered('broken', false, 'Plumbline itself failed while sending');
      }
    }),
  );
  const failed = deliveries.filter(({ delivered }) => !delivered).length;
  ports.emit(clusterHealth({ report: cluster, undelivered: failed, at: ports.clock.now() }));
  return { cluster: cluster.cluster, verdict: cluster.verdict, undelivered: failed };
}

/** Why a run must end with an error although everything that could be done was; undefined where nothing broke. */
export function troubleOf(
  { undelivered, defects }: Pick<Watched, 'undelivered' | 'defects'>,
  problems: readonly string[],
): string | undefined {
  const trouble = [
    ...(problems.length > 0 ? [`the event cannot be run: ${problems.join('; ')}`] : []),
    ...(defects > 0 ? [`plumbline itself broke ${counted(defects, 'time')}`] : []),
    ...(undelivered > 0 ? [`${counted(undelivered, 'message')} not delivered`] : []),
  ];
  return trouble.length === 0 ? undefined : `${trouble.join('; ')}; the log says more`;
}

function counted(count: number, what: string): string {
  return count === 1 ? `1 ${what}` : `${count} ${what}s`;
}
