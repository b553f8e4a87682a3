import { awsFailure } from '../aws/failure.ts';
import { type CredentialProvider, type Identity, identityKey } from '../aws/credentials.ts';
import { awsService } from '../aws/service.ts';
import { type Absent, type Evidence, type Unavailable, unavailable } from '../evidence.ts';
import { printable } from '../printable.ts';
import type { PromqlServer } from '../promql/client.ts';
import { apiUrl, queryUrl } from '../promql/query-url.ts';
import { sigV4 } from '../promql/sign.ts';
import type { Referrer } from '../referrers/questions.ts';
import { readRules, rulesOf } from '../workspace/rules-api.ts';
import type { Signal } from '../signal.ts';
import { isSafeToSign } from '../web-address.ts';
import { promqlSource } from './promql.ts';
import { askReferrers } from './referrers.ts';
import type { Source, SourcePorts } from './source.ts';

/** Amazon Managed Service for Prometheus: the query API signed with SigV4, resolved by workspace id. */
export function amp(signal: Signal, ports: SourcePorts): Source {
  const credentials = ports.credentials(signal);
  let endpoint: Promise<PromqlServer | Absent | Unavailable> | undefined;
  const open = () => (endpoint ??= openWorkspace(signal, credentials, ports));
  const key = JSON.stringify(['rules', signal.endpoint, workspaceKey(signal)]);
  return promqlSource(open, ports, (questions) =>
    askReferrers(questions, key, () => listRules(signal, ports), ports),
  );
}

async function listRules(signal: Signal, ports: SourcePorts): Promise<Evidence<readonly Referrer[]>> {
  const base = signal.endpoint ?? (await baseUrl(signal, ports));
  if (typeof base !== 'string') return base;
  const groups = await readRules(signal.address, base, signal, ports);
  if (groups.kind !== 'found') return groups;
  const { ruleReferrers } = await import('../referrers/rules.ts');
  return { ...groups, value: ruleReferrers(groups.value.flatMap(rulesOf)) };
}

/** A workspace, and as whom it is asked. */
export type Workspace = Identity & Pick<Signal, 'address'>;

/** Finds a workspace's query API; absent where there is no such workspace. */
export async function openWorkspace(
  signal: Workspace & Pick<Signal, 'endpoint' | 'maxSamplesProcessed'>,
  credentials: CredentialProvider,
  ports: SourcePorts,
): Promise<PromqlServer | Absent | Unavailable> {
  const base = signal.endpoint ?? (await baseUrl(signal, ports));
  if (typeof base !== 'string') return base;
  const place = placeOf(signal);
  const explain = (action: string) => (detail: string) =>
    /not authorized to perform/.test(detail)
      ? detail
      : `${detail}; needed: ${action} on ${place}, as ${signal.role ?? 'the default AWS credentials'}`;
  const sign = await sigV4(
    { service: 'aps', region: signal.region, credentials, action: 'aps:QueryMetrics' },
    ports.clock,
  );
  return {
    action: 'aps:QueryMetrics',
    url: queryUrl(base),
    place,
    parameters: (timeout) => ({
      timeout,
      max_samples_processed_error_threshold: String(signal.maxSamplesProcessed),
    }),
    tellsSamples: true,
    sign,
    explainDenied: explain('aps:QueryMetrics'),
    labels: {
      action: 'aps:GetLabels',
      url: apiUrl(base, 'labels'),
      place,
      sign,
      explainDenied: explain('aps:GetLabels'),
    },
    write: {
      action: 'aps:RemoteWrite',
      url: apiUrl(base, 'remote_write'),
      place,
      sign,
      explainDenied: explain('aps:RemoteWrite'),
      notThere: 'the workspace takes no samples at that address',
    },
  };
}

/** One lookup of a workspace for all clusters that write to it. */
export function baseUrl(signal: Workspace, ports: SourcePorts): Promise<string | Absent | Unavailable> {
  const { workspaces } = ports.memory;
  const key = workspaceKey(signal);
  const known = workspaces.get(key);
  if (known) return known;
  const lookup = describeWorkspace(signal, ports);
  workspaces.set(key, lookup);
  void lookup.then((base) => typeof base === 'string' || workspaces.delete(key));
  return lookup;
}

/** What a workspace's base URL is remembered under. */
export function workspaceKey(signal: Workspace): string {
  return JSON.stringify([signal.address, identityKey(signal)]);
}

function placeOf({ address }: Workspace): string {
  return `workspace ${address}`;
}

async function describeWorkspace(
  signal: Workspace,
  ports: SourcePorts,
): Promise<string | Absent | Unavailable> {
  const { address, region } = signal;
  const { AmpClient, DescribeWorkspaceCommand } = await import('../aws/amp.ts');
  const { as, request } = awsService(AmpClient, signal, ports);
  const action = `aps:DescribeWorkspace on workspace ${address}, as ${as}`;
  try {
    const { workspace } = await request({ action: 'aps:DescribeWorkspace' }, (client, options) =>
      client.send(new DescribeWorkspaceCommand({ workspaceId: address }), options),
    );
    const { prometheusEndpoint } = workspace ?? {};
    const url = URL.parse(prometheusEndpoint ?? '');
    if (prometheusEndpoint && url && isSafeToSign(url)) return prometheusEndpoint;
    return unavailable('invalid-response', `${action}: the answer has no prometheusEndpoint with https`);
  } catch (error) {
    if (error instanceof Error && error.name === 'ResourceNotFoundException') {
      return {
        kind: 'absent',
        subject: placeOf(signal),
        detail: `not in ${region}: ${printable(error.message)}`,
      };
    }
    return awsFailure(error, action);
  }
}
