import { randomUUID } from 'node:crypto';
import type { Clock } from '../lib/clock.ts';
import { awsJsonError, parse } from './aws-json.ts';
import { answerGetMetricData } from './get-metric-data.ts';
import type { QueryFault } from './get-metric-data.ts';
import {
  answerDescribeAlarms,
  describeAlarmsInput,
  type DescribeAlarmsInput,
  type SimulatedAlarms,
} from './describe-alarms.ts';
import { dated, serve } from './http.ts';
import type { ArrivedRequest, Outcome, Reply, RunningServer } from './http.ts';
import { answerListMetrics } from './list-metrics.ts';
import { metricRead } from './metric-reads.ts';
import type { MetricDataQuery, MetricOperation, MetricRead } from './metric-reads.ts';
import type { MetricStore } from './metric-store.ts';
import { putInput, type PutMetricDataInput, type PutMetrics } from './put-metric-data.ts';
import { verifySignature } from './sigv4.ts';
import type { KnownCredentials } from './sigv4.ts';

export type CloudWatchAction =
  | `cloudwatch:${MetricOperation}`
  | 'cloudwatch:PutMetricData'
  | 'cloudwatch:DescribeAlarms';

interface Arrival {
  readonly headers: ReadonlyMap<string, string>;
  /** Size of the body. */
  readonly bytes: number;
  /** By the simulated clock, milliseconds since the epoch. */
  readonly at: number;
}

/** What arrived; without operation and input where it is none of the simulated ones, or malformed. */
export type CloudWatchRequest = Arrival &
  (
    | MetricRead
    | { readonly operation: 'PutMetricData'; readonly input: PutMetricDataInput }
    | { readonly operation: 'DescribeAlarms'; readonly input: DescribeAlarmsInput }
    | { readonly operation?: never; readonly input?: never }
  );

export interface CloudWatchOptions {
  readonly clock: Pick<Clock, 'now'>;
  readonly region: string;
  readonly credentials: readonly KnownCredentials[];
  readonly store: MetricStore;
  readonly account?: string;
  /** The metrics of accounts whose metrics are shared with this one, by account id. */
  readonly linked?: ReadonlyMap<string, MetricStore>;
  /** Asked first, before any verification; undefined lets the request through. */
  readonly interfere?: (request: CloudWatchRequest) => Outcome | undefined;
  /** At most so many metrics, or datapoints, a page. */
  readonly pageSize?: { readonly metrics?: number; readonly datapoints?: number };
  /** Minutes from the first datapoint of a metric until it is listed: 15 where not given. */
  readonly listedAfter?: number;
  /** The PromQL API, which the same host answers. */
  readonly promql?: { readonly answer: (arrived: ArrivedRequest) => Outcome };
  readonly alarms?: SimulatedAlarms;
  /** What takes PutMetricData; `store` is to be made of it too. */
  readonly puts?: PutMetrics;
  /** What becomes of single queries of GetMetricData. */
  readonly statusOf?: (query: MetricDataQuery) => QueryFault | undefined;
}

export interface CloudWatch extends RunningServer {
  /** Everything that arrived, in order, refused requests included. */
  readonly requests: readonly CloudWatchRequest[];
  readonly deny: (action: CloudWatchAction) => void;
  readonly allow: (action: CloudWatchAction) => void;
  /** Throttles so many signed requests from now on: Infinity until told otherwise, 0 none. */
  readonly throttle: (requests: number) => void;
}

const TARGET = 'GraniteServiceVersion20100801.';
const OPERATIONS: readonly MetricOperation[] = ['ListMetrics', 'GetMetricData'];
const METRICS_PER_PAGE = 500;
const DATAPOINTS_PER_PAGE = 100_800;
const LISTED_AFTER_MINUTES = 15;

/**
 * A simulated Amazon CloudWatch, ListMetrics, GetMetricData and DescribeAlarms, on 127.0.0.1. It speaks AWS JSON 1.0 with the names
 * of the query protocol beside the errors, which is what the SDK's client speaks since it left the query protocol.
 */
export async function startCloudWatch(options: CloudWatchOptions): Promise<CloudWatch> {
  const requests: CloudWatchRequest[] = [];
  const denied = new Set<CloudWatchAction>();
  let throttled = 0;
  const throttle = (): Reply | undefined => {
    if (throttled <= 0) return undefined;
    throttled -= 1;
    return awsJsonError(400, 'ThrottlingException', 'Rate exceeded');
  };
  const server = await serve((arrived): Outcome => {
    if (options.promql && arrived.path.startsWith('/api/')) return options.promql.answer(arrived);
    const at = options.clock.now();
    const read = readOf(arrived);
    const put = putOf(arrived, options);
    const described = describedBy(arrived);
    const request: CloudWatchRequest = {
      ...(read ?? put ?? described),
      headers: arrived.headers,
      bytes: arrived.body.length,
      at,
    };
    requests.push(request);
    const outcome =
      options.interfere?.(request) ??
      refuseSignature(arrived, options, at) ??
      throttle() ??
      (put && (refuseAction(put, denied, options) ?? options.puts?.put(put.input, at))) ??
      (described &&
        (refuseAction(described, denied, options) ??
          answerDescribeAlarms(described.input, options.alarms ?? {}, at))) ??
      (read ? (refuseAction(read, denied, options) ?? answer(read, options, at)) : misunderstood(arrived));
    return typeof outcome === 'string' ? outcome : stamped(outcome, at);
  });
  return {
    ...server,
    requests,
    deny: (action) => void denied.add(action),
    allow: (action) => void denied.delete(action),
    throttle: (count) => {
      throttled = count;
    },
  };
}

function operationOf({ method, path, headers }: ArrivedRequest): MetricOperation | undefined {
  if (method !== 'POST' || path !== '/') return undefined;
  const target = headers.get('x-amz-target');
  return OPERATIONS.find((operation) => target === `${TARGET}${operation}`);
}

function readOf(arrived: ArrivedRequest): MetricRead | undefined {
  const operation = operationOf(arrived);
  return operation && metricRead(operation, parse(Buffer.from(arrived.body).toString('utf8')));
}

/** A request of PutMetricData, where anything takes it. */
function putOf({ method, headers, body }: ArrivedRequest, { puts }: CloudWatchOptions) {
  if (!puts || method !== 'POST' || headers.get('x-amz-target') !== `${TARGET}PutMetricData`)
    return undefined;
  const input = putInput(parse(Buffer.from(body).toString('utf8')));
  return input && { operation: 'PutMetricData' as const, input };
}

function describedBy({ method, headers, body }: ArrivedRequest) {
  if (method !== 'POST' || headers.get('x-amz-target') !== `${TARGET}DescribeAlarms`) return undefined;
  const input = describeAlarmsInput(parse(Buffer.from(body).toString('utf8')));
  return input && { operation: 'DescribeAlarms' as const, input };
}

function refuseSignature(
  arrived: ArrivedRequest,
  { region, credentials }: CloudWatchOptions,
  now: number,
): Reply | undefined {
  const refusal = verifySignature(arrived, { service: 'monitoring', region, credentials, now });
  return refusal && awsJsonError(refusal.status, refusal.type, refusal.message);
}

function refuseAction(
  { operation }: { readonly operation: MetricOperation | 'PutMetricData' | 'DescribeAlarms' },
  denied: ReadonlySet<CloudWatchAction>,
  { account = '111122223333' }: CloudWatchOptions,
): Reply | undefined {
  const action = `cloudwatch:${operation}` as const;
  if (!denied.has(action)) return undefined;
  const message =
    `User: arn:aws:sts::${account}:assumed-role/plumbline/plumbline is not authorized to perform: ${action} ` +
    `because no identity-based policy allows the ${action} action`;
  return awsJsonError(403, 'AccessDeniedException', message);
}

function answer(read: MetricRead, options: CloudWatchOptions, now: number): Reply {
  const { account = '111122223333', store, linked = new Map(), pageSize = {} } = options;
  const { listedAfter = LISTED_AFTER_MINUTES, statusOf = () => undefined } = options;
  const stores = new Map([[account, store], ...linked]);
  const { metrics = METRICS_PER_PAGE, datapoints = DATAPOINTS_PER_PAGE } = pageSize;
  return read.operation === 'ListMetrics'
    ? answerListMetrics(read.input, { stores, listedAfter, pageSize: metrics }, now)
    : answerGetMetricData(read.input, { stores, pageSize: datapoints, statusOf }, now);
}

function misunderstood(arrived: ArrivedRequest): Reply {
  return operationOf(arrived)
    ? awsJsonError(400, 'SerializationException', 'The request body is malformed')
    : awsJsonError(404, 'UnknownOperationException', 'Unknown operation');
}

function stamped(reply: Reply, now: number): Reply {
  return dated({ ...reply, headers: { 'x-amzn-requestid': randomUUID(), ...reply.headers } }, now);
}
