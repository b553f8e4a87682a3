import type { VerifyRequest } from '../events.ts';
import type { RunRecord } from '../history.ts';
import type { PlannedCluster } from '../plan.ts';
import type { Report } from '../report/report.ts';
import { type Awaiting, NOT_WAITING } from '../silence.ts';
import type { Decision } from './decide.ts';
import type { Judged, RunFacts } from './judged.ts';
import { findingIdentity } from './identity.ts';
import { withSilences } from './news.ts';
import { isGain } from './occasion.ts';

/** One run as it is remembered by. */
export interface Run {
  /** The same for what is the same run, delivered twice. */
  readonly id: string;
  /** When it was due, by which runs are ordered. Milliseconds since the epoch. */
  readonly at: number;
  /** It looks again at what is newly failing, before the next run. */
  readonly isConfirmation: boolean;
  /** It comes from `dispatch`, which tells at the next tick what it finds. */
  readonly isDispatched?: boolean;
}

/** The run that was asked for. What was due at a time is known by it; anything else by `request`. */
export function runOf(asked: VerifyRequest, request: string, now: number): Run {
  const { scheduledAt, confirms, isDispatched } = asked;
  const own = scheduledAt === undefined ? request : new Date(scheduledAt).toISOString();
  return {
    id: confirms === undefined ? own : `${confirms}+confirm`,
    at: scheduledAt ?? now,
    isConfirmation: confirms !== undefined,
    ...(isDispatched ? { isDispatched } : {}),
  };
}

type ClusterReport = Report['clusters'][number];

/** What a report says to the state machine. `failAfter` holds for signals that bring none of their own. */
export function factsOf(
  run: Run,
  { signals: reports }: ClusterReport,
  { signals: planned }: PlannedCluster,
  {
    checkedAt,
    failAfter,
    awaiting,
  }: {
    readonly checkedAt: number;
    readonly failAfter: number;
    /** What incidents with these findings would wait for, by signal. */
    readonly awaiting: ReadonlyMap<string, Awaiting>;
  },
): RunFacts {
  const settings = new Map(planned.map(({ signal }) => [signal.name, signal]));
  return {
    ...run,
    checkedAt,
    watched: new Set(settings.keys()),
    judged: reports.map((report): Judged => {
      const { newestSampleAt } = report.evidence;
      return {
        signal: report.signal,
        plane: report.plane,
        severity: report.severity,
        failAfter: settings.get(report.signal)?.failAfter ?? failAfter,
        verdict: report.verdict,
        findings: withSilences(report.findings.filter((finding) => !isGain(finding))),
        gains: report.findings.filter(isGain).map(findingIdentity),
        since: newestSampleAt === null ? null : Date.parse(newestSampleAt),
        isHeld: report.state === 'rollout',
        ...(awaiting.get(report.signal) ?? NOT_WAITING),
        isPending:
          report.unavailable.length > 0 &&
          report.unavailable.every(({ reason }) => reason === 'not-listed-yet'),
      };
    }),
  };
}

/** What is kept of a run for the history. */
export function recordOf(
  { id }: Run,
  { cluster, signals }: ClusterReport,
  { opened, ended }: Pick<Decision, 'opened' | 'ended'>,
  checkedAt: number,
): RunRecord {
  const names = (verdict: string) =>
    signals.filter((signal) => signal.verdict === verdict).map(({ signal }) => signal);
  return {
    cluster,
    id,
    at: checkedAt,
    ok: names('ok'),
    failing: names('failing'),
    unknown: names('unknown'),
    opened,
    ended,
  };
}
