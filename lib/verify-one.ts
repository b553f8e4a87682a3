import type { PlannedCluster } from './plan.ts';
import type { Report } from './report/report.ts';
import { run, type RunPorts } from './run.ts';
import type { Awaiting } from './silence.ts';
import type { SignalVerdict } from './verify.ts';

/** What a run saw of one cluster. */
export interface Seen {
  readonly report: Report['clusters'][number];
  /** What incidents would wait for, by signal. */
  readonly awaiting: ReadonlyMap<string, Awaiting>;
  readonly seen: readonly SignalVerdict[];
}

/** Verifies one cluster: what is reported of it, and what only a run with a memory has a use for. */
export async function verifyOne(cluster: PlannedCluster, ports: RunPorts): Promise<Seen> {
  const seen: SignalVerdict[] = [];
  const {
    clusters: [report],
  } = await run([cluster], { ...ports, onCluster: ({ signals }) => void seen.push(...signals) });
  if (!report) throw new Error('a run of one cluster reported none');
  const awaiting = new Map(
    seen.map(({ signal, missing, onlyAwaits }) => [signal.name, { missing, onlyAwaits }]),
  );
  return { report, awaiting, seen };
}
