import { steadyMetrics } from './metric-store.ts';
import type { Contribution, ContributionSource, SteadyMetric } from './metric-store.ts';

/** A stream with an event at `since` and every interval after it. All times in milliseconds (since the epoch). */
export interface SimulatedLogStream {
  readonly name: string;
  readonly since: number;
  readonly until?: number;
  /** A minute where not given. */
  readonly everyMs?: number;
  /** When the stream was created, if not with its first event. */
  readonly createdAt?: number;
}

export interface SimulatedLogGroup {
  readonly streams: readonly SimulatedLogStream[];
  readonly retentionInDays?: number;
  /** The account's policy that the retention comes from. */
  readonly retentionPolicyName?: string;
  readonly logGroupClass?: string;
  readonly kmsKeyId?: string;
  readonly createdAt?: number;
  /** What CloudWatch cannot make metrics of, a minute, by the vended metric that counts it. */
  readonly emfErrors?: Readonly<Record<string, Pick<SteadyMetric, 'since' | 'until' | 'value'>>>;
}

/** The times of a stream's events in [from, to). */
export function eventTimes(stream: SimulatedLogStream, from: number, to: number): readonly number[] {
  const { since, until = Infinity, everyMs = 60_000 } = stream;
  const first = since + Math.max(0, Math.ceil((from - since) / everyMs)) * everyMs;
  const end = Math.min(to, until);
  return Array.from(
    { length: Math.max(0, Math.ceil((end - first) / everyMs)) },
    (_, k) => first + k * everyMs,
  );
}

/** The time of a stream's newest event before `to`; undefined where there is none. */
export function newestEvent(stream: SimulatedLogStream, to: number): number | undefined {
  const { since, until = Infinity, everyMs = 60_000 } = stream;
  const events = Math.ceil((Math.min(to, until) - since) / everyMs);
  return events > 0 ? since + (events - 1) * everyMs : undefined;
}

/** The metrics that CloudWatch Logs vends about the groups, as they are whenever it is asked. */
export function vendedLogMetrics(groups: ReadonlyMap<string, SimulatedLogGroup>): ContributionSource {
  let known: readonly SimulatedLogGroup[] = [];
  let contributions: readonly Contribution[] = [];
  return {
    get contributions() {
      const current = [...groups.values()];
      if (current.length !== known.length || current.some((group, index) => group !== known[index])) {
        known = current;
        ({ contributions } = steadyMetrics([...groups].flatMap(([name, group]) => metricsOf(name, group))));
      }
      return contributions;
    },
  };
}

function metricsOf(name: string, { streams, emfErrors = {} }: SimulatedLogGroup): SteadyMetric[] {
  const vended = { namespace: 'AWS/Logs', dimensions: { LogGroupName: name } };
  return [
    ...streams.map(({ since, until = Infinity, everyMs = 60_000 }) => ({
      ...vended,
      name: 'IncomingLogEvents',
      since,
      until,
      interval: everyMs / 1000,
    })),
    ...Object.entries(emfErrors).map(([metric, when]) => ({ ...vended, name: metric, ...when })),
  ];
}
