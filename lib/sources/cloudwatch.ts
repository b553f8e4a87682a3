import { answer, isLive, isSettled, liveMembers, type Part, partsOf } from '../cloudwatch/answers.ts';
import { type CloudWatch, openCloudWatch } from '../cloudwatch/client.ts';
import {
  type ListedSeries,
  type Listing,
  LISTING_LASTS_MS,
  type ListRequest,
  listSeries,
  MAX_FILTERS,
} from '../cloudwatch/listing.ts';
import { type Reading, readSeries } from '../cloudwatch/reading.ts';
import { searchText } from '../cloudwatch/text.ts';
import { type Unavailable, unavailable } from '../evidence.ts';
import { matching } from '../matching.ts';
import { type AnyEvidence, type Question, questionKey } from '../question.ts';
import type { Signal } from '../signal.ts';
import type { Source, SourcePorts } from './source.ts';

const MINUTE_MS = 60_000;
/** What `RecentlyActive: PT3H` is sure to list. */
const RECENT_MS = 3 * 60 * MINUTE_MS;

interface Inquiry {
  readonly question: Question;
  readonly request: ListRequest;
}

/**
 * The CloudWatch metrics of one region and account. ListMetrics proposes candidates and is remembered for 15 minutes; GetMetricData
 * decides. What was alive last time is read first, as many as prove the question; only where they are silent is the list
 * asked for anew and every candidate read, for only a complete read in the same run may declare death.
 */
export function cloudwatch(signal: Signal, ports: SourcePorts): Source {
  const identity = JSON.stringify([signal.region, signal.role, signal.externalId]);
  const readings = new Map<string, Reading>();
  let readFrom = Number.POSITIVE_INFINITY;
  let opened: Promise<CloudWatch> | undefined;

  async function read(
    series: readonly ListedSeries[],
    from: number,
    now: number,
    aliveMs: number,
  ): Promise<void> {
    if (from < readFrom) readings.clear();
    readFrom = Math.min(from, readFrom);
    const unread = [...new Map(series.map((one) => [one.key, one])).values()].filter(
      ({ key }) => !readings.has(key),
    );
    if (unread.length === 0) return;
    const fresh = await readSeries(unread, readFrom, await (opened ??= openCloudWatch(signal, ports)), ports);
    for (const [key, reading] of fresh) {
      readings.set(key, reading);
      const remembered = `${identity}${key}`;
      if (isLive(reading, now, aliveMs)) ports.memory.alive.add(remembered);
      else if (!reading.trouble) ports.memory.alive.delete(remembered);
    }
  }

  async function list(request: ListRequest, notBefore: number): Promise<Listing | Unavailable> {
    const key = `${identity}${JSON.stringify(request)}`;
    const remembered = ports.memory.listings.get(key);
    if (remembered && remembered.at >= notBefore) return remembered;
    const listing = await listSeries(request, await (opened ??= openCloudWatch(signal, ports)), ports);
    if ('series' in listing) ports.memory.listings.set(key, listing);
    return listing;
  }

  async function listAll(inquiries: readonly Inquiry[], notBefore: number) {
    const requests = new Map(inquiries.map(({ request }) => [JSON.stringify(request), request]));
    const listings = await Promise.all(
      [...requests].map(async ([key, request]) => [key, await list(request, notBefore)] as const),
    );
    return new Map(listings);
  }

  /** The parts of every question whose listing is there and whose patterns can be read. */
  async function partsByQuestion(
    inquiries: readonly Inquiry[],
    listings: Awaited<ReturnType<typeof listAll>>,
  ) {
    const parts = new Map<Question, readonly Part[]>();
    for (const { question, request } of inquiries) {
      const listing = listings.get(JSON.stringify(request));
      if (!listing || !('series' in listing)) continue;
      const holds = await matching(question.of.match);
      if (!holds) continue;
      const { metric, keySets } = question.of;
      const sets = keySets?.map((names) => names.join('\0'));
      const candidates = listing.series.filter(
        (series) =>
          series.metric === metric &&
          holds(series.dimensions) &&
          (sets?.includes([...series.dimensions.keys()].join('\0')) ?? true),
      );
      parts.set(question, partsOf(question, candidates));
    }
    return parts;
  }

  function firstReads(parts: readonly Part[]): readonly ListedSeries[] {
    return parts.flatMap(({ members, enough }) => {
      if (enough === undefined) return members;
      const alive = members.filter(({ key }) => ports.memory.alive.has(`${identity}${key}`));
      return alive.length >= enough ? alive.slice(0, enough) : members;
    });
  }

  /** Whether a newer list could not change what was read: enough is alive, or all that was alive still is. */
  function isProven(question: Question, part: Part, wasAlive: ReadonlySet<string>): boolean {
    const live = new Set(liveMembers(question, part, readings, ports.clock.now()).map(({ key }) => key));
    if (part.enough !== undefined) return live.size >= part.enough;
    return part.members.every(({ key }) => live.has(key) || !wasAlive.has(`${identity}${key}`));
  }

  return {
    text: searchText,
    async ask(questions) {
      const now = ports.clock.now();
      const inquiries = plan(questions);
      const from = now - Math.max(...questions.map(reachMs)) - MINUTE_MS;
      const aliveMs = Math.max(
        ...questions.map((question) => ('freshMs' in question ? question.freshMs : 0)),
      );
      const wasAlive = new Set(ports.memory.alive);
      let listings = await listAll(inquiries, now - LISTING_LASTS_MS);
      let parts = await partsByQuestion(inquiries, listings);
      await read([...parts.values()].flatMap(firstReads), from, now, aliveMs);
      const short = inquiries.filter(({ question }) => {
        const own = parts.get(question);
        return own && (own.length === 0 || !own.every((part) => isProven(question, part, wasAlive)));
      });
      if (short.length > 0) {
        listings = new Map([...listings, ...(await listAll(short, now))]);
        parts = await partsByQuestion(inquiries, listings);
        const unsettled = [...parts].flatMap(([question, own]) =>
          own.filter((part) => !isSettled(question, part, readings, now)),
        );
        await read(
          unsettled.flatMap(({ members }) => members),
          from,
          now,
          aliveMs,
        );
      }
      return new Map(
        inquiries.map(({ question, request }): [string, AnyEvidence] => {
          const listing = listings.get(JSON.stringify(request));
          const own = parts.get(question);
          if (own) return [questionKey(question), answer(question, own, readings, now)];
          return [questionKey(question), listing && 'kind' in listing ? listing : NOT_RE2];
        }),
      );
    },
  };
}

/** The configuration refuses such patterns; this stands in case it ever does not. */
const NOT_RE2 = unavailable('rejected', 'a pattern under match is not RE2');

/** One list for the metrics that share a match; a metric of its own where there is no match to narrow the list. */
function plan(questions: readonly Question[]): readonly Inquiry[] {
  const requests = questions.map((question) => ({ question, request: requestFor(question) }));
  return requests.map(({ question, request }) => {
    const sharing = requests.filter((other) => sameList(other.request, request));
    const metrics = new Set(sharing.map((other) => other.question.of.metric));
    const shared = metrics.size > 1 && request.equals.length > 0;
    return { question, request: shared ? { ...request, metric: undefined } : request };
  });
}

function requestFor(question: Question): ListRequest {
  const equals = question.of.match.filter(({ operator, value }) => operator === '=' && value !== '');
  return {
    namespace: question.of.namespace ?? '',
    metric: question.of.metric,
    equals: equals.slice(0, MAX_FILTERS),
    recent: reachMs(question) <= RECENT_MS,
  };
}

function sameList(a: ListRequest, b: ListRequest): boolean {
  return (
    a.namespace === b.namespace &&
    a.recent === b.recent &&
    JSON.stringify(a.equals) === JSON.stringify(b.equals)
  );
}

/** How far back a question looks. */
function reachMs(question: Question): number {
  switch (question.ask) {
    case 'count':
      return question.freshMs + (question.beforeMs ?? 0);
    case 'newest':
      return question.withinMs;
    case 'newSeries':
      return Math.max(question.freshMs, 300_000) + question.sinceMs;
    default:
      return question.freshMs;
  }
}
