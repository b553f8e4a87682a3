import { ApiError, type AwsApi, type AwsApiOptions, byTarget, type Input, startAwsApi } from './aws-api.ts';
import { idOf, type SimulatedTrace, tracesIn, type TraceWorld } from './trace-world.ts';

const FORMS = /^\{ \$\.resource\.attributes\.\['service\.name'\] = (?:\*|"((?:[^"\\]|\\["\\])*)") \}$/;
/** The same without brackets is valid, and looks for a `name` inside of a `service`. */
const NO_SUCH_KEY = /^\{ \$\.resource\.attributes\.service\.name = .+ \}$/;

/** A trace of a service has two spans of it. */
const KINDS = ['SERVER', 'INTERNAL'];

export interface SpansLogOptions extends AwsApiOptions {
  readonly world: TraceWorld;
  /** How many spans one page looks at, whether they match or not: pages may be empty and not the last. */
  readonly pageSize?: number;
}

/** A simulated CloudWatch Logs on 127.0.0.1 that knows the log group of spans and FilterLogEvents, and nothing else. */
export async function startSpansLog(options: SpansLogOptions): Promise<AwsApi> {
  const { world, pageSize = 100 } = options;
  return startAwsApi(
    {
      service: 'logs',
      read: byTarget('Logs_20140328'),
      operations: { FilterLogEvents: (input, now) => filterSpans(input, world, pageSize, now) },
    },
    options,
  );
}

/** What FilterLogEvents answers about the log group of spans. */
export function filterSpans(input: Input, world: TraceWorld, pageSize: number, now: number): object {
  const { logGroupName, startTime, endTime, filterPattern, startFromHead, limit = 10_000, nextToken } = input;
  const exists = world.hasSpansGroup ?? world.destination === 'CloudWatchLogs';
  if (logGroupName !== 'aws/spans' || !exists) {
    throw new ApiError('ResourceNotFoundException', 'The specified log group does not exist.');
  }
  if (typeof startTime !== 'number' || typeof endTime !== 'number' || typeof limit !== 'number') {
    throw new ApiError('InvalidParameterException', 'startTime, endTime and limit must be numbers');
  }
  const matches = filter(typeof filterPattern === 'string' ? filterPattern : '');
  const traces = tracesIn(world, startTime, now)
    .filter(
      ({ keptBy, endedAt }) => keptBy === 'CloudWatchLogs' && endedAt >= startTime && endedAt <= endTime,
    )
    .toSorted((a, b) => b.endedAt - a.endedAt);
  const spans = traces.length * KINDS.length;
  const events: object[] = [];
  let at = Number(nextToken ?? 0);
  const end = Math.min(at + pageSize, spans);
  for (; at < end && events.length < limit; at += 1) {
    const position = startFromHead === false ? at : spans - 1 - at;
    const trace = traces[Math.floor(position / KINDS.length)];
    if (trace && matches(trace.service.name)) events.push(eventOf(trace, position % KINDS.length));
  }
  return {
    events,
    searchedLogStreams: [],
    ...(at < spans ? { nextToken: String(at) } : {}),
  };
}

function eventOf(trace: SimulatedTrace, index: number): object {
  const { service, startedAt, endedAt, seenAt } = trace;
  const id = idOf(trace);
  const span = {
    resource: { attributes: { 'service.name': service.name, 'cloud.platform': 'aws_eks' } },
    scope: { name: 'rehearsal' },
    traceId: id,
    spanId: `${id.slice(-15)}${index}`,
    name: 'GET /',
    kind: KINDS[index],
    startTimeUnixNano: startedAt * 1_000_000,
    endTimeUnixNano: endedAt * 1_000_000,
    attributes: {},
    status: { code: 'UNSET' },
  };
  return {
    logStreamName: 'default',
    timestamp: endedAt,
    ingestionTime: seenAt,
    eventId: `${id}${index}`,
    message: JSON.stringify(span),
  };
}

/** Of the language of filter patterns only equality of the service's name; a `*` in its text stands for any text. */
function filter(pattern: string): (service: string) => boolean {
  if (NO_SUCH_KEY.test(pattern)) return () => false;
  const match = FORMS.exec(pattern);
  if (!match) throw new ApiError('InvalidParameterException', 'Invalid filter pattern');
  if (match[1] === undefined) return () => true;
  const parts = match[1].replaceAll(/\\(.)/g, '$1').split('*');
  const form = new RegExp(
    `^${parts.map((part) => part.replaceAll(/[\\^$.*+?()[\]{}|/]/gu, String.raw`\$&`)).join('.*')}$`,
    'su',
  );
  return (service) => form.test(service);
}
