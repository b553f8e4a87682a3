import type { Clock } from '../lib/clock.ts';
import { dated, formOf, json, serve } from './http.ts';
import type { ArrivedRequest, Outcome, Reply, RunningServer } from './http.ts';
import { answerLabels } from './prometheus-labels.ts';
import { answerQuery, failure } from './prometheus-api.ts';
import { QueryError } from './promql/error.ts';
import { extentOf } from './promql/extent.ts';
import { verifySignature } from './sigv4.ts';
import type { KnownCredentials } from './sigv4.ts';
import type { Storage } from './storage.ts';

/** A query needs both. */
export type CloudWatchPromqlAction = 'cloudwatch:GetMetricData' | 'cloudwatch:ListMetrics';

export interface CloudWatchPromqlRequest {
  readonly method: string;
  readonly path: string;
  /** The parameters of the query and of the form together. */
  readonly form: URLSearchParams;
  readonly headers: ReadonlyMap<string, string>;
  /** By the simulated clock, milliseconds since the epoch. */
  readonly at: number;
}

export interface CloudWatchPromqlOptions {
  readonly clock: Pick<Clock, 'now'>;
  readonly region: string;
  readonly credentials: readonly KnownCredentials[];
  readonly storage: Storage;
  readonly account?: string;
  /** Asked first, before any verification; undefined lets the request through. */
  readonly interfere?: (request: CloudWatchPromqlRequest) => Outcome | undefined;
}

/** The API apart from a server, because it shares the host of CloudWatch. */
export interface CloudWatchPromqlApi {
  readonly answer: (arrived: ArrivedRequest) => Outcome;
  /** Everything that arrived, in order, refused requests included. */
  readonly requests: readonly CloudWatchPromqlRequest[];
  readonly deny: (action: CloudWatchPromqlAction) => void;
  readonly allow: (action: CloudWatchPromqlAction) => void;
  /** Throttles so many signed requests from now on: Infinity until told otherwise, 0 none. */
  readonly throttle: (requests: number) => void;
}

export type CloudWatchPromql = CloudWatchPromqlApi & RunningServer;

const ACTIONS: readonly CloudWatchPromqlAction[] = ['cloudwatch:GetMetricData', 'cloudwatch:ListMetrics'];
const PARAMETERS = new Set(['query', 'time', 'limit']);
const MOST_SERIES = 500;
const LONGEST_REACH = 7 * 24 * 3_600_000;

/** The simulated PromQL API of CloudWatch, instant queries alone, with the limits that AWS documents. */
export function openCloudWatchPromql(options: CloudWatchPromqlOptions): CloudWatchPromqlApi {
  const requests: CloudWatchPromqlRequest[] = [];
  const denied = new Set<CloudWatchPromqlAction>();
  let throttled = 0;
  const throttle = (): Reply | undefined => {
    if (throttled <= 0) return undefined;
    throttled -= 1;
    // The code is documented, the words are not.
    return failure(422, 'execution', 'Rate exceeded');
  };
  return {
    answer: (arrived) => {
      const { method, path, headers } = arrived;
      const at = options.clock.now();
      const request = { method, path, headers, form: formOf(arrived), at };
      requests.push(request);
      const outcome =
        options.interfere?.(request) ??
        refuseSignature(arrived, options, at) ??
        throttle() ??
        (isQuery(request)
          ? (refuseAction(denied, options) ?? answerInstant(request, options))
          : isLabels(request)
            ? (refuseAction(denied, options) ?? answerLabels(request.form, options.storage, at))
            : json(404, '{"message":"Not Found"}', 'UnknownOperationException'));
      return typeof outcome === 'string' ? outcome : dated(outcome, at);
    },
    requests,
    deny: (action) => void denied.add(action),
    allow: (action) => void denied.delete(action),
    throttle: (count) => {
      throttled = count;
    },
  };
}

/** The same on a port of its own of 127.0.0.1. */
export async function startCloudWatchPromql(options: CloudWatchPromqlOptions): Promise<CloudWatchPromql> {
  const api = openCloudWatchPromql(options);
  return { ...api, ...(await serve(api.answer)) };
}

function isQuery({ method, path }: CloudWatchPromqlRequest): boolean {
  return path === '/api/v1/query' && (method === 'GET' || method === 'POST');
}

function isLabels({ method, path }: CloudWatchPromqlRequest): boolean {
  return path === '/api/v1/labels' && (method === 'GET' || method === 'POST');
}

function refuseSignature(
  arrived: ArrivedRequest,
  { region, credentials }: CloudWatchPromqlOptions,
  now: number,
): Reply | undefined {
  const refusal = verifySignature(arrived, { service: 'monitoring', region, credentials, now });
  return refusal && json(refusal.status, JSON.stringify({ message: refusal.message }), refusal.type);
}

function refuseAction(
  denied: ReadonlySet<CloudWatchPromqlAction>,
  { account = '111122223333' }: CloudWatchPromqlOptions,
): Reply | undefined {
  const action = ACTIONS.find((needed) => denied.has(needed));
  if (action === undefined) return undefined;
  const message =
    `User: arn:aws:sts::${account}:assumed-role/plumbline/plumbline is not authorized to perform: ${action} ` +
    `because no identity-based policy allows the ${action} action`;
  return json(403, JSON.stringify({ message }), 'AccessDeniedException');
}

function answerInstant({ form, at }: CloudWatchPromqlRequest, { storage }: CloudWatchPromqlOptions): Reply {
  const strange = [...form.keys()].find((name) => !PARAMETERS.has(name));
  if (strange !== undefined) return failure(400, 'bad_data', `unknown parameter "${strange}"`);
  const limit = form.get('limit') ?? String(MOST_SERIES);
  if (!/^\d+$/u.test(limit) || Number(limit) < 1 || Number(limit) > MOST_SERIES) {
    return failure(400, 'bad_data', `invalid parameter "limit": must be from 1 to ${MOST_SERIES}`);
  }
  return refuseExtent(form.get('query') ?? '') ?? answerQuery(form, storage, at, Number(limit));
}

function refuseExtent(query: string): Reply | undefined {
  try {
    const { isNamed, reach } = extentOf(query);
    if (!isNamed) return failure(400, 'bad_data', 'every selector needs an exact metric name');
    return reach > LONGEST_REACH
      ? failure(422, 'execution', 'the query time range exceeds the maximum of 7 days')
      : undefined;
  } catch (error) {
    if (error instanceof QueryError) return undefined; // Told where it is evaluated.
    throw error;
  }
}
