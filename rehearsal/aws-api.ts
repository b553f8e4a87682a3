import { randomUUID } from 'node:crypto';
import type { Clock } from '../lib/clock.ts';
import { parse } from './aws-json.ts';
import { dated, serve } from './http.ts';
import type { ArrivedRequest, Outcome, Reply, RunningServer } from './http.ts';
import { verifySignature } from './sigv4.ts';
import type { KnownCredentials } from './sigv4.ts';

export type Input = Readonly<Record<string, unknown>>;

/** One call of an operation; times are milliseconds since the epoch, by the simulated clock. */
export interface ApiCall {
  readonly operation: string;
  readonly input: Input;
  readonly at: number;
}

/** What an operation throws to be answered as an error of its service. */
export class ApiError extends Error {
  readonly type: string;
  readonly status: number;
  constructor(type: string, message: string, status = 400) {
    super(message);
    this.type = type;
    this.status = status;
  }
}

export interface AwsApiOptions {
  readonly clock: Pick<Clock, 'now'>;
  readonly region: string;
  readonly credentials: readonly KnownCredentials[];
  readonly account?: string;
  /** Asked first, before any verification; undefined lets the call through. */
  readonly interfere?: (call: ApiCall) => Outcome | undefined;
}

export interface AwsApi extends RunningServer {
  /** Everything that arrived, in order, refused calls included; what is no operation here has the operation ''. */
  readonly calls: readonly ApiCall[];
  /** By the IAM action, such as `logs:DescribeLogGroups`. */
  readonly deny: (action: string) => void;
  readonly allow: (action: string) => void;
  /** Throttles so many calls from now on: Infinity until told otherwise, 0 none. */
  readonly throttle: (calls: number) => void;
}

/** An AWS API: what it is called, how its calls are read, and what its operations answer. */
export interface ApiDescription {
  /** The name in signatures, which is also that of its IAM actions unless `actions` says otherwise. */
  readonly service: string;
  readonly actions?: string;
  /** The operation that a request calls, and its input; undefined where it calls none. */
  readonly read: (arrived: ArrivedRequest) => Omit<ApiCall, 'at'> | undefined;
  /** The answer to a call, to be sent as JSON; throws ApiError where the service refuses. */
  readonly operations: Readonly<Record<string, (input: Input, now: number) => object>>;
}

/** Serves a simulated AWS API on 127.0.0.1: signatures are verified, and permissions can be taken. */
export async function startAwsApi(api: ApiDescription, options: AwsApiOptions): Promise<AwsApi> {
  const calls: ApiCall[] = [];
  const denied = new Set<string>();
  let throttled = 0;
  const answer = (arrived: ArrivedRequest): Outcome => {
    const at = options.clock.now();
    const read = api.read(arrived);
    const call = { operation: '', input: {}, ...read, at };
    calls.push(call);
    const interfered = options.interfere?.(call);
    if (interfered !== undefined) return interfered;
    try {
      refuseSignature(arrived, api, options, at);
      if (throttled > 0) {
        throttled -= 1;
        throw new ApiError('ThrottlingException', 'Rate exceeded');
      }
      const operate = read && Object.hasOwn(api.operations, read.operation) && api.operations[read.operation];
      if (!operate) throw new ApiError('UnknownOperationException', 'Unknown operation', 404);
      const action = `${api.actions ?? api.service}:${call.operation}`;
      if (denied.has(action)) throw accessDenied(action, options);
      return reply(200, operate(call.input, at));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      return refusal(error);
    }
  };
  const server = await serve((arrived) => {
    const outcome = answer(arrived);
    return typeof outcome === 'string' ? outcome : dated(outcome, options.clock.now());
  });
  return {
    ...server,
    calls,
    deny: (action) => void denied.add(action),
    allow: (action) => void denied.delete(action),
    throttle: (count) => {
      throttled = count;
    },
  };
}

/** Reads calls of AWS JSON, where a header names the operation: `Logs_20140328.DescribeLogGroups`. */
export function byTarget(prefix: string): ApiDescription['read'] {
  return ({ method, path, headers, body }) => {
    const target = headers.get('x-amz-target') ?? '';
    if (method !== 'POST' || path !== '/' || !target.startsWith(`${prefix}.`)) return undefined;
    const input = parse(Buffer.from(body).toString('utf8'));
    return isInput(input) ? { operation: target.slice(prefix.length + 1), input } : undefined;
  };
}

/**
 * Reads calls of REST JSON by `METHOD /path/{name}`; `{name}` becomes input, with what stands in the query (as texts) and
 * in the body.
 */
export function byRoute(routes: Readonly<Record<string, string>>): ApiDescription['read'] {
  const known = Object.entries(routes).map(([operation, route]) => {
    const [method = '', path = ''] = route.split(' ');
    const pattern = path.replaceAll(/\{(\w+)\}/g, '(?<$1>[^/]+)');
    return { operation, method, pattern: new RegExp(`^${pattern}$`) };
  });
  return ({ method, path, rawQuery, body }) => {
    for (const route of known) {
      const match = method === route.method ? route.pattern.exec(path) : null;
      if (!match) continue;
      const named = Object.entries(match.groups ?? {}).map(([key, value]) => [
        key,
        decodeURIComponent(value),
      ]);
      const posted = parse(Buffer.from(body).toString('utf8'));
      const query = Object.fromEntries(new URLSearchParams(rawQuery));
      const input = { ...query, ...(isInput(posted) ? posted : {}), ...Object.fromEntries(named) };
      return { operation: route.operation, input };
    }
    return undefined;
  };
}

function isInput(value: unknown): value is Input {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function refuseSignature(
  arrived: ArrivedRequest,
  { service }: ApiDescription,
  { region, credentials }: AwsApiOptions,
  now: number,
): void {
  const refused = verifySignature(arrived, { service, region, credentials, now });
  if (refused) throw new ApiError(refused.type, refused.message, refused.status);
}

function accessDenied(action: string, { account = '111122223333' }: AwsApiOptions): ApiError {
  const user = `arn:aws:sts::${account}:assumed-role/plumbline/plumbline`;
  const words = `User: ${user} is not authorized to perform: ${action} because no identity-based policy allows the ${action} action`;
  return new ApiError('AccessDeniedException', words, 403);
}

/** Clients of AWS JSON read the type from the body, those of REST JSON from the header. */
function refusal({ type, message, status }: ApiError): Reply {
  const { headers, ...answer } = reply(status, { __type: type, message });
  return { ...answer, headers: { ...headers, 'x-amzn-errortype': type } };
}

function reply(status: number, body: object): Reply {
  const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-requestid': randomUUID() };
  return { status, headers, body: JSON.stringify(body) };
}
