import { formatDuration } from './duration.ts';
import type { CheckRequest } from './events.ts';
import type { PlannedCluster } from './plan.ts';
import type { Report } from './report/report.ts';
import { run, type RunPorts } from './run.ts';
import { sinceOnly } from './since.ts';
import { waitForOk } from './wait.ts';

/** One attempt of a check ends within this, whatever it waits for in all. */
export const LONGEST_ATTEMPT_MS = 30_000;

export interface CheckSettings {
  /** When waiting for all to be ok is over; undefined asks once. Milliseconds since the epoch. */
  readonly until: number | undefined;
  /** Only samples newer than this count. Milliseconds since the epoch. */
  readonly since: number | undefined;
}

export interface CheckPorts extends Omit<RunPorts, 'memory'> {
  /** The latest end of any attempt is `deadline`; each ends within half a minute besides. */
  readonly deadline: number;
  /** What sources may remember, for one attempt. */
  readonly memory: () => RunPorts['memory'];
  /** Called after each attempt of a wait with how many signals are not ok yet. */
  readonly onAttempt?: (pending: number, leftMs: number) => void;
}

/** A Lambda answers at least this long before it is ended. */
const RESERVE_MS = 10_000;

/** How long a request may be waited for by a process that ends at `endsAt`; says so where that is less than asked for. */
export function settingsWithin(
  { waitMs, since }: Pick<CheckRequest, 'waitMs' | 'since'>,
  now: number,
  endsAt: number,
): CheckSettings & { readonly waitCappedTo?: string } {
  if (waitMs === undefined) return { until: undefined, since };
  const longestMs = Math.max(0, endsAt - RESERVE_MS - now);
  if (waitMs <= longestMs) return { until: now + waitMs, since };
  return { until: now + longestMs, since, waitCappedTo: formatDuration(longestMs) };
}

/** Verifies once, or until all is ok. */
export async function checkNow(
  clusters: readonly PlannedCluster[],
  { until, since }: CheckSettings,
  ports: CheckPorts,
): Promise<Report> {
  const attempt = (asked: readonly PlannedCluster[]): Promise<Report> => {
    const now = ports.clock.now();
    const deadline = Math.min(now + LONGEST_ATTEMPT_MS, ports.deadline);
    const due = since === undefined ? asked : sinceOnly(asked, since, now);
    return run(due, { ...ports, deadline, memory: ports.memory() });
  };
  if (until === undefined) return attempt(clusters);
  const { clock, onAttempt } = ports;
  return waitForOk(clusters, attempt, { clock, until, ...(onAttempt ? { onAttempt } : {}) });
}
