import type { Piece } from './incidents/machinery.ts';
import type { PlannedCluster } from './plan.ts';
import { type Report, toReport } from './report/report.ts';
import { type ClusterVerdict, verifyCluster, type VerifyPorts } from './verify.ts';

export interface RunPorts extends VerifyPorts {
  readonly toolVersion: string;
  /** What earlier runs saw of the machinery, by cluster. */
  readonly machinery?: ReadonlyMap<string, readonly Piece[]>;
  /** Called as each cluster is done. */
  readonly onCluster?: (verdict: ClusterVerdict, done: number, of: number) => void;
  /** Who counts what a cluster's verification asks. */
  readonly counting?: (cluster: string) => Pick<VerifyPorts, 'onRequest' | 'onUnits'>;
}

/** Verifies clusters side by side and reports in their order. The bound on requests in flight is the ports' own. */
export async function run(clusters: readonly PlannedCluster[], ports: RunPorts): Promise<Report> {
  const checkedAt = ports.clock.now();
  let done = 0;
  const verdicts = await Promise.all(
    clusters.map(async (cluster) => {
      const verdict = await verifyCluster(cluster, { ...ports, ...ports.counting?.(cluster.name) });
      done += 1;
      ports.onCluster?.(verdict, done, clusters.length);
      return verdict;
    }),
  );
  return toReport(verdicts, {
    checkedAt,
    durationMs: ports.clock.now() - checkedAt,
    toolVersion: ports.toolVersion,
    ...(ports.machinery ? { machinery: ports.machinery } : {}),
  });
}
