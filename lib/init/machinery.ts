import { awsService } from '../aws/service.ts';
import { chunked } from '../chunked.ts';
import { eachPage, type Looking, orGap, patient } from './looking.ts';
import type { SeenEcsService } from './seen.ts';

/** DescribeServices takes at most this many a call. */
const SERVICES_PER_CALL = 10;

/** The EKS clusters of a region and the names of their add-ons. */
export async function lookAtEks(looking: Looking) {
  const { identity, ports } = looking;
  const { EKSClient, ListAddonsCommand, ListClustersCommand } = await import('../aws/eks.ts');
  const service = awsService(EKSClient, identity, ports);
  const { as } = service;
  const request = patient(service, ports);
  const listed = { action: 'eks:ListClusters', resource: identity.region, as, missing: 'EKS clusters' };
  const clusters = await orGap(looking, listed, new Array<string>(), async (found) =>
    eachPage(
      (nextToken) =>
        request({ action: listed.action }, (client, options) =>
          client.send(new ListClustersCommand(nextToken === undefined ? {} : { nextToken }), options),
        ),
      (page) => page.nextToken,
      (page) => found.push(...(page.clusters ?? [])),
    ),
  );
  const addonsOf = async (clusterName: string) => {
    const missing = `the add-ons of ${clusterName}`;
    const about = { action: 'eks:ListAddons', resource: `EKS cluster ${clusterName}`, as, missing };
    const addons = await orGap(looking, about, new Array<string>(), async (found) =>
      eachPage(
        (nextToken) =>
          request({ action: about.action }, (client, options) => {
            const input = { clusterName, ...(nextToken === undefined ? {} : { nextToken }) };
            return client.send(new ListAddonsCommand(input), options);
          }),
        (page) => page.nextToken,
        (page) => found.push(...(page.addons ?? [])),
      ),
    );
    return { cluster: clusterName, addons };
  };
  return Promise.all([...new Set(clusters)].map(addonsOf));
}

/** The ECS clusters of a region and their services, with the families of their task definitions. */
export async function lookAtEcs(looking: Looking) {
  const { identity, ports } = looking;
  const { ECSClient, ListClustersCommand, ListServicesCommand, DescribeServicesCommand } =
    await import('../aws/ecs.ts');
  const api = awsService(ECSClient, identity, ports);
  const { as } = api;
  const request = patient(api, ports);
  const listed = { action: 'ecs:ListClusters', resource: identity.region, as, missing: 'ECS clusters' };
  const arns = await orGap(looking, listed, new Array<string>(), async (found) =>
    eachPage(
      (nextToken) =>
        request({ action: listed.action }, (client, options) =>
          client.send(new ListClustersCommand(nextToken === undefined ? {} : { nextToken }), options),
        ),
      (page) => page.nextToken,
      (page) => found.push(...(page.clusterArns ?? [])),
    ),
  );
  const servicesOf = async (cluster: string): Promise<readonly SeenEcsService[]> => {
    const resource = `ECS cluster ${cluster}`;
    const listing = { action: 'ecs:ListServices', resource, as, missing: `the services of ${cluster}` };
    const services = await orGap(looking, listing, new Array<string>(), async (found) =>
      eachPage(
        (nextToken) =>
          request({ action: listing.action }, (client, options) => {
            const input = { cluster, maxResults: 100, ...(nextToken === undefined ? {} : { nextToken }) };
            return client.send(new ListServicesCommand(input), options);
          }),
        (page) => page.nextToken,
        (page) => found.push(...(page.serviceArns ?? [])),
      ),
    );
    const describing = { ...listing, action: 'ecs:DescribeServices', missing: `the tasks of ${cluster}` };
    const families = await orGap(looking, describing, new Map<string, string>(), async (found) => {
      for (const some of chunked(services, SERVICES_PER_CALL)) {
        const command = new DescribeServicesCommand({ cluster, services: some });
        const answer = await request({ action: describing.action }, (client, options) =>
          client.send(command, options),
        );
        for (const { serviceName = '', taskDefinition } of answer.services ?? []) {
          if (taskDefinition !== undefined) found.set(serviceName, familyOf(taskDefinition));
        }
      }
    });
    return services.map(lastOf).map((service) => ({ cluster, service, family: families.get(service) }));
  };
  const clusters = [...new Set(arns.map(lastOf))];
  return { clusters, services: (await Promise.all(clusters.map(servicesOf))).flat() };
}

/** The last part of an ARN. */
function lastOf(arn: string): string {
  return arn.split('/').at(-1) ?? arn;
}

/** `…:task-definition/checkout:7` is of the family `checkout`. */
function familyOf(arn: string): string {
  return lastOf(arn).replace(/:\d+$/, '');
}
