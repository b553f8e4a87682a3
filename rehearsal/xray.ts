import { type AwsApi, type AwsApiOptions, byRoute, type Input, startAwsApi } from './aws-api.ts';
import { invalid, seconds, serviceGraph } from './service-graph.ts';
import { idOf, type SimulatedTrace, tracesIn, type TraceWorld } from './trace-world.ts';

const LONGEST_RANGE_MS = 6 * 3_600_000;

export interface XRayOptions extends AwsApiOptions {
  readonly world: TraceWorld;
  /** How many traces one page looks at, whether they match or not. */
  readonly pageSize?: number;
}

/** A simulated AWS X-Ray on 127.0.0.1, as far as its traces are listed. */
export async function startXRay(options: XRayOptions): Promise<AwsApi> {
  const { world, pageSize = 100 } = options;
  return startAwsApi(
    {
      service: 'xray',
      read: byRoute({
        GetTraceSegmentDestination: 'POST /GetTraceSegmentDestination',
        GetTraceSummaries: 'POST /TraceSummaries',
        BatchGetTraces: 'POST /Traces',
        GetServiceGraph: 'POST /ServiceGraph',
      }),
      operations: {
        GetTraceSegmentDestination: () => ({
          Destination: world.destination,
          Status: world.status ?? 'ACTIVE',
        }),
        BatchGetTraces: (input, now) => batchGetTraces(input, world, now),
        GetServiceGraph: (input, now) => serviceGraph(input, world, pageSize, now),
        GetTraceSummaries: (input, now) => traceSummaries(input, world, pageSize, now),
      },
    },
    options,
  );
}

function traceSummaries(input: Input, world: TraceWorld, pageSize: number, now: number): object {
  const from = seconds(input, 'StartTime');
  const to = seconds(input, 'EndTime');
  if (from > to) throw invalid('StartTime cannot be after EndTime');
  if (to - from > LONGEST_RANGE_MS) throw invalid('Time range cannot be longer than 6 hours');
  const matches = filter(input['FilterExpression']);
  const within = rangeOf(input['TimeRangeType'], from, to);
  const candidates = tracesIn(world, from, now).filter((trace) => trace.isIndexed && within(trace));
  const start = Number(input['NextToken'] ?? 0);
  const page = candidates.slice(start, start + pageSize);
  const next = start + pageSize;
  return {
    TraceSummaries: page.filter(matches).map(summary),
    ApproximateTime: (page.at(-1)?.seenAt ?? from) / 1000,
    TracesProcessedCount: page.length,
    ...(next < candidates.length ? { NextToken: String(next) } : {}),
  };
}

/** A segment of each service that sent one, and one that X-Ray infers of each that is only called. */
function batchGetTraces(input: Input, world: TraceWorld, now: number): object {
  const ids = Array.isArray(input['TraceIds']) ? input['TraceIds'].map(String) : [];
  if (ids.length === 0 || ids.length > 5) throw invalid('TraceIds must have 1 to 5 elements');
  const begun = ids.map((id) => Number.parseInt(id.split('-')[1] ?? '', 16) * 1000);
  const oldest = Math.min(...begun.filter((at) => !Number.isNaN(at)));
  const known = tracesIn(world, Math.max(oldest, now - 7 * 86_400_000), now).map(
    (trace) => [xrayId(trace), trace] as const,
  );
  const found = known.filter(([id]) => ids.includes(id));
  return {
    Traces: found.map(([Id, { service, startedAt, endedAt }]) => ({
      Id,
      Segments: [{ name: service.name }, ...(service.calls ?? [])].map((node, index) => ({
        Id: `${Id.slice(-15)}${index}`,
        Document: JSON.stringify({
          name: node.name,
          start_time: startedAt / 1000,
          end_time: endedAt / 1000,
          ...('isSender' in node && node.isSender ? {} : index > 0 ? { inferred: true } : {}),
        }),
      })),
    })),
    UnprocessedTraceIds: ids.filter((id) => !found.some(([one]) => one === id)),
  };
}

function xrayId(trace: SimulatedTrace): string {
  const id = idOf(trace);
  return `1-${id.slice(0, 8)}-${id.slice(8)}`;
}

function rangeOf(type: unknown, from: number, to: number): (trace: SimulatedTrace) => boolean {
  const inside = (at: number): boolean => at >= from && at <= to;
  if (type === 'Event') return ({ seenAt }) => inside(seenAt);
  if (type === 'Service') return ({ endedAt }) => inside(endedAt);
  if (type === undefined || type === 'TraceId') return ({ startedAt }) => inside(startedAt);
  throw invalid(`Invalid TimeRangeType ${JSON.stringify(type)}`);
}

/** Of the language of filter expressions only `service("name")`. */
function filter(expression: unknown): (trace: SimulatedTrace) => boolean {
  if (expression === undefined) return () => true;
  const text = typeof expression === 'string' ? expression : '';
  const match = /^service\("((?:[^"\\]|\\["\\])*)"\)$/.exec(text);
  if (!match) throw invalid(`Invalid filter expression: ${text}`);
  const name = (match[1] ?? '').replaceAll(/\\(.)/g, '$1');
  return ({ service }) => service.name === name || service.calls?.some((one) => one.name === name) === true;
}

function summary(trace: SimulatedTrace): object {
  const { service, startedAt, endedAt, seenAt } = trace;
  const { name, type: own = 'AWS::EKS::Container', calls = [] } = service;
  const nodes = [{ name, type: own }, ...calls];
  return {
    Id: xrayId(trace),
    StartTime: startedAt / 1000,
    Duration: (endedAt - startedAt) / 1000,
    ResponseTime: (endedAt - startedAt) / 1000,
    HasFault: false,
    HasError: false,
    HasThrottle: false,
    IsPartial: false,
    Annotations: {},
    MatchedEventTime: seenAt / 1000,
    EntryPoint: { Name: name, Names: [name], Type: own },
    ServiceIds: [
      { Name: name, Names: [name], Type: 'client' },
      ...nodes.map((node) => ({ Name: node.name, Names: [node.name], Type: node.type })),
    ],
  };
}
