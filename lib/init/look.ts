import type { Identity } from '../aws/credentials.ts';
import { lookAtLogGroups } from './log-groups.ts';
import type { InitPorts, Looking } from './looking.ts';
import { lookAtEcs } from './ecs.ts';
import { lookAtEks } from './eks.ts';
import { lookAtNamespaces } from './namespaces.ts';
import type { Seen } from './seen.ts';
import { lookAtTraces } from './traces.ts';
import { lookAtWorkspaces } from './workspaces.ts';

/**
 * Looks at everything in a region of an account that sends telemetry, or receives it. Reads only; never rejects for what
 * the network or IAM does: what could not be seen is among the gaps.
 */
export async function look(identity: Identity, ports: InitPorts): Promise<Seen> {
  const looking: Looking = { identity, ports, gaps: [] };
  const at = ports.clock.now();
  ports.onProgress?.(`looking at ${identity.region} …`);
  const [workspaces, namespaces, logGroups, eks, ecs, traces] = await Promise.all([
    lookAtWorkspaces(looking),
    lookAtNamespaces(looking),
    lookAtLogGroups(looking),
    lookAtEks(looking),
    lookAtEcs(looking),
    lookAtTraces(looking),
  ]);
  return {
    ...identity,
    at,
    workspaces,
    namespaces,
    logGroups,
    eks,
    ecsClusters: ecs.clusters,
    ecs: ecs.services,
    traces,
    gaps: distinct(looking.gaps),
  };
}

/** Told once, however often it was refused. */
function distinct(gaps: Looking['gaps']): Looking['gaps'] {
  return [...new Map(gaps.map((gap) => [JSON.stringify([gap.action, gap.resource]), gap])).values()];
}
