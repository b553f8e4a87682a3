import { awsService } from '../aws/service.ts';
import { type Looking, patient } from './looking.ts';
import { allNames } from './names.ts';

/** The EKS clusters of a region and the names of their add-ons. */
export async function lookAtEks(looking: Looking) {
  const { identity, ports } = looking;
  const { EKSClient, ListAddonsCommand, ListClustersCommand } = await import('../aws/eks.ts');
  const service = awsService(EKSClient, identity, ports);
  const { as } = service;
  const request = patient(service, ports);
  const listed = { action: 'eks:ListClusters', resource: identity.region, as, missing: 'EKS clusters' };
  const clusters = await allNames(looking, listed, async (token) => {
    const { clusters: names, nextToken } = await request({ action: listed.action }, (client, options) =>
      client.send(new ListClustersCommand(token), options),
    );
    return { names, nextToken };
  });
  return Promise.all(
    clusters.map(async (cluster) => {
      const missing = `the add-ons of ${cluster}`;
      const about = { action: 'eks:ListAddons', resource: `EKS cluster ${cluster}`, as, missing };
      const addons = await allNames(looking, about, async (token) => {
        const { addons: names, nextToken } = await request({ action: about.action }, (client, options) =>
          client.send(new ListAddonsCommand({ clusterName: cluster, ...token }), options),
        );
        return { names, nextToken };
      });
      return { cluster, addons };
    }),
  );
}
