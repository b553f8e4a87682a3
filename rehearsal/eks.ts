import { ApiError, type AwsApi, type AwsApiOptions, byRoute, startAwsApi } from './aws-api.ts';
import { pageOf } from './name-pages.ts';

export interface SimulatedAddon {
  readonly version: string;
  readonly status?: string;
  readonly issues?: readonly { readonly code: string; readonly message: string }[];
  /** Milliseconds since the epoch. */
  readonly modifiedAt: number;
}

export interface EksOptions extends AwsApiOptions {
  /** By EKS cluster, then by add-on; may be changed while the server runs. */
  readonly addons: ReadonlyMap<string, ReadonlyMap<string, SimulatedAddon>>;
  /** At most so many names a page, whatever a call asks for. */
  readonly pageSize?: number;
}

/** A simulated Amazon EKS on 127.0.0.1, as far as its clusters and their add-ons go. */
export async function startEks(options: EksOptions): Promise<AwsApi> {
  const { addons, region, account = '111122223333', pageSize = 100 } = options;
  return startAwsApi(
    {
      service: 'eks',
      read: byRoute({
        DescribeAddon: 'GET /clusters/{cluster}/addons/{addon}',
        ListAddons: 'GET /clusters/{cluster}/addons',
        ListClusters: 'GET /clusters',
      }),
      operations: {
        ListClusters: (input) => {
          const { page, token } = pageOf([...addons.keys()].sort(), input, pageSize);
          return { clusters: page, ...token };
        },
        ListAddons: ({ cluster, ...input }) => {
          const known = addons.get(String(cluster));
          if (!known) throw notFound(`No cluster found for name: ${String(cluster)}.`);
          const { page, token } = pageOf([...known.keys()].sort(), input, pageSize);
          return { addons: page, ...token };
        },
        DescribeAddon: ({ cluster, addon: name }) => {
          const known = addons.get(String(cluster));
          if (!known) throw notFound(`No cluster found for name: ${String(cluster)}.`);
          const addon = known.get(String(name));
          if (!addon) throw notFound(`No addon: ${String(name)} found in cluster: ${String(cluster)}`);
          return {
            addon: {
              addonName: name,
              clusterName: cluster,
              status: addon.status ?? 'ACTIVE',
              addonVersion: addon.version,
              health: { issues: addon.issues ?? [] },
              addonArn: `arn:aws:eks:${region}:${account}:addon/${String(cluster)}/${String(name)}/0`,
              createdAt: 1_750_000_000,
              modifiedAt: addon.modifiedAt / 1000,
            },
          };
        },
      },
    },
    options,
  );
}

function notFound(message: string): ApiError {
  return new ApiError('ResourceNotFoundException', message, 404);
}
