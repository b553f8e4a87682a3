import type { Clock } from '../lib/clock.ts';
import { pageOf } from './name-pages.ts';
import { dated, formOf, json, serve } from './http.ts';
import type { ArrivedRequest, Outcome, Reply, RunningServer } from './http.ts';
import { answerLabels } from './prometheus-labels.ts';
import { answerQuery } from './prometheus-api.ts';
import { verifySignature } from './sigv4.ts';
import type { KnownCredentials } from './sigv4.ts';
import type { RemoteWriteReceiver } from './remote-write.ts';
import { type Storage, unionOf } from './storage.ts';
import { answerWorkspaceCall, type SimulatedWorkspace, workspaceCall } from './workspace.ts';
import type { WorkspaceAction } from './workspace.ts';

export type AmpAction =
  | 'aps:QueryMetrics'
  | 'aps:GetLabels'
  | 'aps:DescribeWorkspace'
  | 'aps:ListWorkspaces'
  | 'aps:RemoteWrite'
  | WorkspaceAction;

export interface AmpRequest {
  readonly method: string;
  readonly path: string;
  readonly action: AmpAction | undefined;
  /** The parameters of the query and of the form together. */
  readonly form: URLSearchParams;
  readonly headers: ReadonlyMap<string, string>;
  /** Size of the body. */
  readonly bytes: number;
  /** By the simulated clock, milliseconds since the epoch. */
  readonly at: number;
}

export interface AmpOptions {
  readonly clock: Pick<Clock, 'now'>;
  readonly region: string;
  readonly credentials: readonly KnownCredentials[];
  /** By workspace id; may be changed while the server runs. */
  readonly workspaces: ReadonlyMap<string, Storage>;
  /** What else is known of them, by workspace id; may be changed while the server runs. */
  readonly states?: ReadonlyMap<string, SimulatedWorkspace>;
  /** At most so many scrapers or rule files a page. */
  readonly pageSize?: number;
  readonly account?: string;
  /** What takes the samples written to a workspace, by its id; what it has taken is read with the workspace's own. */
  readonly receivers?: ReadonlyMap<string, RemoteWriteReceiver>;
  /** Asked first, before any verification; undefined lets the request through. */
  readonly interfere?: (request: AmpRequest) => Outcome | undefined;
}

export interface Amp extends RunningServer {
  /** Everything that arrived, in order, refused requests included. */
  readonly requests: readonly AmpRequest[];
  readonly deny: (action: AmpAction) => void;
  readonly allow: (action: AmpAction) => void;
}

interface Route {
  readonly action: AmpAction;
  readonly workspace: string;
}

/** A simulated Amazon Managed Service for Prometheus, control plane and queries, on 127.0.0.1. */
export async function startAmp(options: AmpOptions): Promise<Amp> {
  const requests: AmpRequest[] = [];
  const denied = new Set<AmpAction>();
  const server = await serve((arrived): Outcome => {
    const route = routeOf(arrived);
    const at = options.clock.now();
    const request = describe(arrived, route, at);
    requests.push(request);
    const outcome =
      options.interfere?.(request) ??
      refuse(arrived, options) ??
      (route ? answer(route, request, arrived, denied, options, server.url) : unknownOperation());
    return typeof outcome === 'string' ? outcome : dated(outcome, at);
  });
  return {
    ...server,
    requests,
    deny: (action) => void denied.add(action),
    allow: (action) => void denied.delete(action),
  };
}

function routeOf(arrived: ArrivedRequest): Route | undefined {
  const { method, path } = arrived;
  if (method === 'GET' && path === '/workspaces') return { action: 'aps:ListWorkspaces', workspace: '' };
  const [, workspace, rest] =
    /^\/workspaces\/([\w-]+)(\/api\/v1\/(?:query|labels|remote_write))?$/u.exec(path) ?? [];
  if (workspace === undefined) return workspaceCall(arrived);
  if (rest === undefined)
    return method === 'GET' ? { action: 'aps:DescribeWorkspace', workspace } : undefined;
  if (rest.endsWith('remote_write'))
    return method === 'POST' ? { action: 'aps:RemoteWrite', workspace } : undefined;
  if (method !== 'GET' && method !== 'POST') return undefined;
  return { action: rest.endsWith('labels') ? 'aps:GetLabels' : 'aps:QueryMetrics', workspace };
}

function describe(arrived: ArrivedRequest, route: Route | undefined, at: number): AmpRequest {
  const { method, path, headers, body } = arrived;
  return { method, path, action: route?.action, form: formOf(arrived), headers, bytes: body.length, at };
}

function refuse(arrived: ArrivedRequest, { region, credentials, clock }: AmpOptions): Reply | undefined {
  const refusal = verifySignature(arrived, { service: 'aps', region, credentials, now: clock.now() });
  return refusal && json(refusal.status, JSON.stringify({ message: refusal.message }), refusal.type);
}

function answer(
  { action, workspace }: Route,
  { form, at }: AmpRequest,
  arrived: ArrivedRequest,
  denied: ReadonlySet<AmpAction>,
  options: AmpOptions,
  url: string,
): Reply {
  const { workspaces, receivers, region, account = '111122223333' } = options;
  const { states = new Map(), pageSize = 1000 } = options;
  const arn = `arn:aws:aps:${region}:${account}:workspace/${workspace}`;
  if (denied.has(action)) return accessDenied(action, arn, account);
  const storage = workspaces.get(workspace);
  if (!storage && workspace !== '') return workspaceNotFound(workspace);
  const receiver = receivers?.get(workspace);
  if (action === 'aps:RemoteWrite') return receiver ? receiver.receive(arrived, at) : unknownOperation();
  if (action === 'aps:DescribeWorkspace') {
    return describeWorkspace(workspace, arn, url, states.get(workspace)?.status);
  }
  if (action === 'aps:ListWorkspaces') return listWorkspaces(form, options);
  if (action !== 'aps:QueryMetrics' && action !== 'aps:GetLabels') {
    return answerWorkspaceCall({ action, workspace }, form, { states, region, account, pageSize });
  }
  if (!storage) return unknownOperation();
  const seen = receiver ? unionOf(storage, receiver.visibleAt(at)) : storage;
  return action === 'aps:GetLabels' ? answerLabels(form, seen, at) : answerQuery(form, seen, at);
}

function listWorkspaces(
  form: URLSearchParams,
  { workspaces, states, region, account = '111122223333', pageSize = 1000 }: AmpOptions,
): Reply {
  const input = Object.fromEntries(form);
  const { page, token } = pageOf([...workspaces.keys()].sort(), input, pageSize);
  const listed = page.map((workspaceId) => {
    const { status: statusCode = 'ACTIVE', alias } = states?.get(workspaceId) ?? {};
    const arn = `arn:aws:aps:${region}:${account}:workspace/${workspaceId}`;
    const named = alias === undefined ? {} : { alias };
    return { workspaceId, arn, status: { statusCode }, ...named, createdAt: 1_750_000_000, tags: {} };
  });
  return json(200, JSON.stringify({ workspaces: listed, ...token }));
}

function accessDenied(action: AmpAction, arn: string, account: string): Reply {
  const user = `arn:aws:sts::${account}:assumed-role/plumbline/plumbline`;
  const message =
    `User: ${user} is not authorized to perform: ${action} on resource: ${arn} ` +
    `because no identity-based policy allows the ${action} action`;
  return json(403, JSON.stringify({ message }), 'AccessDeniedException');
}

function workspaceNotFound(resourceId: string): Reply {
  const body = {
    message: `Workspace not found: ${resourceId}`,
    resourceId,
    resourceType: 'AWS::APS::Workspace',
  };
  return json(404, JSON.stringify(body), 'ResourceNotFoundException');
}

function unknownOperation(): Reply {
  return json(404, '{"message":"Not Found"}', 'UnknownOperationException');
}

function describeWorkspace(workspaceId: string, arn: string, url: string, statusCode = 'ACTIVE'): Reply {
  const workspace = {
    workspaceId,
    arn,
    status: { statusCode },
    prometheusEndpoint: `${url}/workspaces/${workspaceId}/`,
    createdAt: 1_750_000_000,
    tags: {},
  };
  return json(200, JSON.stringify({ workspace }));
}
