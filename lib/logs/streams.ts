import type { LogStream } from '@aws-sdk/client-cloudwatch-logs';
import { awsFailure } from '../aws/failure.ts';
import { type Evidence, found, type Unavailable, unavailable } from '../evidence.ts';
import { printable } from '../printable.ts';
import type { SourcePorts } from '../sources/source.ts';
import { inGroup, type Logs, told } from './client.ts';
import type { LogGroupPlace, StrayStreams, StrayStreamsQuestion, StreamFault } from './questions.ts';
import { faultOf } from './stream-names.ts';

/** DescribeLogStreams shows at most so many streams a page. */
const STREAMS_PER_PAGE = 50;
const MAX_LISTED_PAGES = 40;
/** The times of a stream lag: "typically" under an hour (CloudWatch Logs documentation of LogStream). */
const TIMES_LAG_MS = 2 * 3_600_000;
/** FilterLogEvents takes at most this many names of streams. */
const STREAMS_PER_SEARCH = 100;
const MAX_SEARCHES = 3;
/** A page without events and with a token is normal: the search has only not come to an end. */
const MAX_SEARCHED_PAGES = 10;

/** The names of streams that may be live, the most recent first, and whether there are more of them. */
export interface RecentStreams {
  readonly names: readonly string[];
  readonly isTruncated: boolean;
}

/**
 * The streams whose last event or creation is recent enough that they may have an event inside the bound, although what
 * the list says of their times may be hours old. Names only: what is live is told by its events.
 */
export async function recentStreams(
  group: LogGroupPlace,
  freshMs: number,
  { request, commands, as, region }: Logs,
  { clock }: SourcePorts,
): Promise<Evidence<RecentStreams>> {
  const at = clock.now();
  const oldest = at - freshMs - TIMES_LAG_MS;
  const names: string[] = [];
  const read = (isTruncated: boolean): Evidence<RecentStreams> => found({ names, isTruncated }, at);
  let token: string | undefined;
  try {
    for (let page = 0; page < MAX_LISTED_PAGES; page += 1) {
      const command = new commands.DescribeLogStreamsCommand({
        ...inGroup(group, { region }),
        orderBy: 'LastEventTime',
        descending: true,
        limit: STREAMS_PER_PAGE,
        ...(token === undefined ? {} : { nextToken: token }),
      });
      const { logStreams, nextToken } = await request(
        { action: 'logs:DescribeLogStreams' },
        (client, options) => client.send(command, options),
      );
      if (!logStreams?.every(({ logStreamName }) => logStreamName !== undefined)) {
        return unavailable('invalid-response', 'DescribeLogStreams answered without the names of streams');
      }
      const recent = logStreams.filter((stream) => lastSign(stream) >= oldest);
      names.push(...recent.map(({ logStreamName = '' }) => logStreamName));
      // Streams without any event yet come in no order: they end no list.
      const hasEnded = logStreams.some(({ lastEventTimestamp }) => (lastEventTimestamp ?? at) < oldest);
      if (nextToken === undefined || hasEnded) return read(false);
      if (nextToken === token) {
        return unavailable('invalid-response', 'DescribeLogStreams gave the same page twice');
      }
      token = nextToken;
    }
    return read(true);
  } catch (error) {
    return refused(error, 'DescribeLogStreams', group, as);
  }
}

function lastSign({ lastEventTimestamp = 0, creationTime = 0 }: LogStream): number {
  return Math.max(lastEventTimestamp, creationTime);
}

/**
 * The recent streams that are not called as they should be, of which one of each kind is proven live by an event inside
 * the bound. What is proven is told although something else could not be looked at.
 */
export async function strayStreams(
  question: StrayStreamsQuestion,
  { names, isTruncated }: RecentStreams,
  logs: () => Promise<Logs>,
  { clock }: SourcePorts,
): Promise<Evidence<readonly StrayStreams[]>> {
  const now = clock.now();
  const looked = await Promise.all(
    faultsAmong(names, question.like).map(async ({ fault, of }) => {
      const live = await liveAmong(of, question, now, await logs());
      return typeof live === 'string' ? { fault, live: printable(live), recent: of.length } : live;
    }),
  );
  const proven = looked.flatMap((one) => (one !== undefined && 'fault' in one ? [one] : []));
  const unsettled = looked.find((one) => one !== undefined && 'kind' in one);
  const trouble = unsettled ?? (isTruncated ? TOO_MANY : undefined);
  if (trouble && proven.length === 0) return trouble;
  return { ...found(proven, now), partial: trouble !== undefined };
}

function faultsAmong(
  names: readonly string[],
  like: string,
): readonly { readonly fault: StreamFault; readonly of: readonly string[] }[] {
  const kinds = new Map<string, { fault: StreamFault; of: string[] }>();
  for (const name of names) {
    const fault = faultOf(name, like);
    if (!fault) continue;
    const key = JSON.stringify(fault);
    const kind = kinds.get(key) ?? { fault, of: [] };
    kind.of.push(name);
    kinds.set(key, kind);
  }
  return [...kinds.values()];
}

const TOO_MANY = unavailable(
  'incomplete',
  `more than ${MAX_LISTED_PAGES * STREAMS_PER_PAGE} streams are recent; the others were not looked at`,
);

/** One of the streams that has an event inside the bound; undefined where none has. */
async function liveAmong(
  names: readonly string[],
  question: StrayStreamsQuestion,
  now: number,
  logs: Logs,
): Promise<string | Unavailable | undefined> {
  for (let search = 0; search < MAX_SEARCHES; search += 1) {
    const some = names.slice(search * STREAMS_PER_SEARCH, (search + 1) * STREAMS_PER_SEARCH);
    if (some.length === 0) return undefined;
    const live = await anEventIn(some, question, now - question.freshMs, logs);
    if (live !== undefined) return live;
  }
  if (names.length <= MAX_SEARCHES * STREAMS_PER_SEARCH) return undefined;
  return unavailable('incomplete', 'too many streams are called otherwise to look at each of them');
}

async function anEventIn(
  logStreamNames: readonly string[],
  question: StrayStreamsQuestion,
  startTime: number,
  { request, commands, as, region }: Logs,
): Promise<string | Unavailable | undefined> {
  let token: string | undefined;
  try {
    for (let page = 0; page < MAX_SEARCHED_PAGES; page += 1) {
      const command = new commands.FilterLogEventsCommand({
        ...inGroup(question, { region }),
        logStreamNames: [...logStreamNames],
        startTime,
        limit: 1,
        ...(token === undefined ? {} : { nextToken: token }),
      });
      const { events, nextToken } = await request({ action: 'logs:FilterLogEvents' }, (client, options) =>
        client.send(command, options),
      );
      const [event] = events ?? [];
      if (!events || (event && event.logStreamName === undefined)) {
        return unavailable('invalid-response', 'FilterLogEvents answered without the streams of events');
      }
      if (event) return event.logStreamName;
      if (nextToken === undefined) return undefined;
      token = nextToken;
    }
  } catch (error) {
    const failure = refused(error, 'FilterLogEvents', question, as);
    return failure.kind === 'absent'
      ? unavailable('incomplete', `FilterLogEvents: ${failure.detail}`)
      : failure;
  }
  return unavailable(
    'incomplete',
    `FilterLogEvents had not come to an end after ${MAX_SEARCHED_PAGES} pages`,
  );
}

function refused(error: unknown, operation: string, group: LogGroupPlace, as: string) {
  if (error instanceof Error && error.name === 'ResourceNotFoundException') {
    return { kind: 'absent', subject: told(group), detail: printable(error.message) } as const;
  }
  return awsFailure(error, `logs:${operation} on ${told(group)}, as ${as}`);
}
