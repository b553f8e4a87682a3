import { chunked } from '../chunked.ts';
import { type Ecs, openEcs } from '../ecs/client.ts';
import { listIn, type Looking, orGap, patient } from './looking.ts';
import { allNames } from './names.ts';
import type { SeenEcsService } from './seen.ts';

/** DescribeServices takes at most this many a call. */
const SERVICES_PER_CALL = 10;

/** The ECS clusters of a region and their services, with the families of their task definitions. */
export async function lookAtEcs(looking: Looking) {
  const opened = await openEcs(looking.identity, looking.ports);
  const ecs: Ecs = { ...opened, request: patient(opened, looking.ports) };
  const { as, request, commands } = ecs;
  const { region } = looking.identity;
  const about = { action: 'ecs:ListClusters', resource: region, as, missing: 'ECS clusters' };
  const arns = await allNames(looking, about, async (token) => {
    const { clusterArns: names, nextToken } = await request({ action: about.action }, (client, options) =>
      client.send(new commands.ListClustersCommand(token), options),
    );
    return { names, nextToken };
  });
  const clusters = [...new Set(arns.map(lastOf))];
  const services = await Promise.all(clusters.map((cluster) => servicesOf(cluster, ecs, looking)));
  return { clusters, services: services.flat() };
}

async function servicesOf(
  cluster: string,
  { as, request, commands }: Ecs,
  looking: Looking,
): Promise<readonly SeenEcsService[]> {
  const resource = `ECS cluster ${cluster}`;
  const listing = { action: 'ecs:ListServices', resource, as, missing: `the services of ${cluster}` };
  const services = await allNames(looking, listing, async (token) => {
    const input = { cluster, maxResults: 100, ...token };
    const { serviceArns: names, nextToken } = await request({ action: listing.action }, (client, options) =>
      client.send(new commands.ListServicesCommand(input), options),
    );
    return { names, nextToken };
  });
  const describing = { ...listing, action: 'ecs:DescribeServices', missing: `the tasks of ${cluster}` };
  const families = await orGap(looking, describing, new Map<string, string>(), async (found) => {
    for (const some of chunked(services, SERVICES_PER_CALL)) {
      const command = new commands.DescribeServicesCommand({ cluster, services: some });
      const answer = await request({ action: describing.action }, (client, options) =>
        client.send(command, options),
      );
      for (const { serviceName = '', taskDefinition } of listIn(answer.services))
        if (taskDefinition !== undefined) found.set(serviceName, familyOf(taskDefinition));
    }
  });
  return services.map(lastOf).map((service) => ({ cluster, service, family: families.get(service) }));
}

/** The last part of an ARN. */
function lastOf(arn: string): string {
  return arn.split('/').at(-1) ?? arn;
}

/** `…:task-definition/checkout:7` is of the family `checkout`. */
function familyOf(arn: string): string {
  return lastOf(arn).replace(/:\d+$/, '');
}
