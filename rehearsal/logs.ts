import { continued, nextToken } from './aws-json.ts';
import { ApiError, type AwsApi, type AwsApiOptions, byTarget, type Input, startAwsApi } from './aws-api.ts';
import { eventTimes, newestEvent } from './log-groups.ts';
import type { SimulatedLogGroup, SimulatedLogStream } from './log-groups.ts';
import { filterSpans } from './spans-log.ts';
import type { TraceWorld } from './trace-world.ts';

export interface LogsOptions extends AwsApiOptions {
  /** By name; may be changed while the server runs. */
  readonly groups: ReadonlyMap<string, SimulatedLogGroup>;
  /** The log groups of accounts that are linked to this one, by account id. */
  readonly linked?: ReadonlyMap<string, ReadonlyMap<string, SimulatedLogGroup>>;
  /** Whose spans the log group `aws/spans` holds; without it there is none. */
  readonly traces?: TraceWorld;
  /** How long the times of streams lag, in milliseconds: half an hour where not given. */
  readonly timesLagMs?: number;
  /** How many pages without events a search begins with: none where not given. */
  readonly emptyPages?: number;
}

const SPANS = 'aws/spans';
const SPANS_PER_PAGE = 100;
const LOGS_PER_PAGE = 50;
const MOST_EVENTS = 10_000;
const MOST_NAMES = 100;
const MOST_IDENTIFIERS = 50;
const HALF_AN_HOUR_MS = 1_800_000;
const ARN = /^arn:[\w-]+:logs:[\w-]+:(\d{12}):log-group:(.+)$/;

interface Place {
  readonly account: string;
  readonly name: string;
}

/** A simulated Amazon CloudWatch Logs on 127.0.0.1: what describes groups and streams, and searches events. */
export async function startLogs(options: LogsOptions): Promise<AwsApi> {
  return startAwsApi(
    {
      service: 'logs',
      read: byTarget('Logs_20140328'),
      operations: {
        DescribeLogGroups: (input) => describeLogGroups(input, options),
        DescribeLogStreams: (input, now) => describeLogStreams(input, options, now),
        FilterLogEvents: (input, now) =>
          options.traces && input['logGroupName'] === SPANS
            ? filterSpans(input, options.traces, SPANS_PER_PAGE, now)
            : filterLogEvents(input, options, now),
      },
    },
    options,
  );
}

function describeLogGroups(input: Input, options: LogsOptions): object {
  const { account = '111122223333', linked = new Map<string, never>() } = options;
  const identifiers = textsOf(input, 'logGroupIdentifiers', MOST_IDENTIFIERS);
  const prefix = textOf(input, 'logGroupNamePrefix');
  if (identifiers && (prefix !== undefined || input['limit'] !== undefined || input['accountIdentifiers'])) {
    throw invalid('logGroupIdentifiers can only be combined with includeLinkedAccounts');
  }
  const accounts = [
    [account, options.groups] as const,
    ...(input['includeLinkedAccounts'] === true ? linked : []),
  ];
  const wanted = identifiers?.map((one) => placeOf(one, options));
  const all = accounts
    .flatMap(([owner, groups]) => [...groups].map(([name, group]) => ({ owner, name, group })))
    .filter(({ name }) => prefix === undefined || name.startsWith(prefix))
    .filter(
      ({ owner, name }) => wanted?.some((place) => place.account === owner && place.name === name) ?? true,
    )
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const { page, token } = pageOf(all, input, LOGS_PER_PAGE);
  return {
    logGroups: page.map(({ owner, name, group }) => ({
      logGroupName: name,
      arn: `${arnOf(owner, name, options)}:*`,
      logGroupArn: arnOf(owner, name, options),
      creationTime: group.createdAt ?? 1_750_000_000_000,
      metricFilterCount: 0,
      storedBytes: 0,
      logGroupClass: group.logGroupClass ?? 'STANDARD',
      ...(group.retentionInDays === undefined ? {} : { retentionInDays: group.retentionInDays }),
      ...(group.retentionPolicyName === undefined ? {} : { retentionPolicyName: group.retentionPolicyName }),
      ...(group.kmsKeyId === undefined ? {} : { kmsKeyId: group.kmsKeyId }),
    })),
    ...token,
  };
}

function describeLogStreams(input: Input, options: LogsOptions, now: number): object {
  const { group, place } = groupOf(input, options);
  const byTime = input['orderBy'] === 'LastEventTime';
  const prefix = textOf(input, 'logStreamNamePrefix');
  if (byTime && prefix !== undefined)
    throw invalid('Cannot order by LastEventTime with a logStreamNamePrefix.');
  const limit = numberOf(input, 'limit') ?? LOGS_PER_PAGE;
  if (limit > LOGS_PER_PAGE) throw invalid('limit: Member must have value less than or equal to 50');
  const shownUntil = now - (options.timesLagMs ?? HALF_AN_HOUR_MS);
  const streams = group.streams
    .filter(({ name, since, createdAt = since }) => name.startsWith(prefix ?? '') && createdAt <= now)
    .map((stream) => ({ stream, last: newestEvent(stream, shownUntil + 1) }))
    .sort((a, b) => (byTime ? (a.last ?? 0) - (b.last ?? 0) : a.stream.name < b.stream.name ? -1 : 1));
  if (input['descending'] === true) streams.reverse();
  const { page, token } = pageOf(streams, input, limit);
  return {
    logStreams: page.map(({ stream: { name, since, createdAt = since }, last }) => ({
      logStreamName: name,
      creationTime: createdAt,
      arn: `${arnOf(place.account, place.name, options)}:log-stream:${name}`,
      storedBytes: 0,
      ...(last === undefined
        ? {}
        : { firstEventTimestamp: since, lastEventTimestamp: last, lastIngestionTime: last }),
    })),
    ...token,
  };
}

/** Events are shown at once. */
function filterLogEvents(input: Input, options: LogsOptions, now: number): object {
  const { group } = groupOf(input, options);
  if (group.logGroupClass !== undefined && group.logGroupClass !== 'STANDARD') {
    throw invalid('FilterLogEvents is not supported for log groups of this class');
  }
  const names = textsOf(input, 'logStreamNames', MOST_NAMES);
  const known = new Set(group.streams.map(({ name }) => name));
  if (names?.some((name) => !known.has(name))) throw notFound('The specified log stream does not exist.');
  const limit = numberOf(input, 'limit') ?? MOST_EVENTS;
  const from = numberOf(input, 'startTime') ?? 0;
  const to = Math.min(numberOf(input, 'endTime') ?? now, now) + 1;
  const events = group.streams
    .filter(({ name }) => names?.includes(name) ?? true)
    .flatMap((stream) => eventTimes(stream, from, to).map((at) => eventOf(stream, at)))
    .sort((a, b) => a.timestamp - b.timestamp);
  const { emptyPages = 0 } = options;
  const begin = positionOf(input);
  if (begin < emptyPages) return { events: [], ...tokenFor(input, begin + 1) };
  const page = events.slice(begin - emptyPages, begin - emptyPages + limit);
  const isMore = begin - emptyPages + limit < events.length;
  return { events: page, ...(isMore ? tokenFor(input, begin + limit) : {}) };
}

function eventOf({ name }: SimulatedLogStream, timestamp: number) {
  return {
    logStreamName: name,
    timestamp,
    ingestionTime: timestamp,
    message: '{}',
    eventId: `${name}${timestamp}`,
  };
}

/** The group that a request is about, by its name or, in whatever account, its ARN. */
function groupOf(input: Input, options: LogsOptions): { group: SimulatedLogGroup; place: Place } {
  const name = textOf(input, 'logGroupName');
  const identifier = textOf(input, 'logGroupIdentifier');
  if ((name === undefined) === (identifier === undefined)) {
    throw invalid('Either logGroupName or logGroupIdentifier is needed, not both');
  }
  const place = placeOf(identifier ?? name ?? '', options);
  const { account = '111122223333', groups, linked } = options;
  const group = (place.account === account ? groups : linked?.get(place.account))?.get(place.name);
  if (!group) throw notFound('The specified log group does not exist.');
  return { group, place };
}

function placeOf(identifier: string, { account = '111122223333' }: LogsOptions): Place {
  const [, owner = account, name = identifier] = ARN.exec(identifier) ?? [];
  return { account: owner, name };
}

function arnOf(account: string, name: string, { region }: LogsOptions): string {
  return `arn:aws:logs:${region}:${account}:log-group:${name}`;
}

function pageOf<T>(all: readonly T[], input: Input, size: number) {
  const begin = positionOf(input);
  const token = begin + size < all.length ? tokenFor(input, begin + size) : {};
  return { page: all.slice(begin, begin + size), token };
}

function positionOf(input: Input): number {
  const token = textOf(input, 'nextToken');
  if (token === undefined) return 0;
  const from = continued(firstOf(input), token, (value) => typeof value === 'number');
  if (!from) throw invalid('The specified nextToken is invalid.');
  return from.position;
}

function tokenFor(input: Input, position: number): { nextToken: string } {
  return { nextToken: nextToken(firstOf(input), { at: 0, position }) };
}

function firstOf(input: Input): object {
  return { ...input, nextToken: undefined };
}

function textOf(input: Input, key: string): string | undefined {
  const value = input[key];
  return typeof value === 'string' ? value : undefined;
}

function numberOf(input: Input, key: string): number | undefined {
  const value = input[key];
  return typeof value === 'number' ? value : undefined;
}

function textsOf(input: Input, key: string, most: number): readonly string[] | undefined {
  const value = input[key];
  if (!Array.isArray(value)) return undefined;
  if (value.length === 0 || value.length > most) throw invalid(`${key}: 1 to ${most} members`);
  return value.map(String);
}

function invalid(message: string): ApiError {
  return new ApiError('InvalidParameterException', message);
}

function notFound(message: string): ApiError {
  return new ApiError('ResourceNotFoundException', message);
}
