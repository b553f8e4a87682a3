import { answer, isSettled, LISTED_LATE_MS, type Part, partsOf } from '../cloudwatch/answers.ts';
import { type CloudWatch, openCloudWatch } from '../cloudwatch/client.ts';
import {
  type ListedSeries,
  type Listing,
  LISTING_LASTS_MS,
  type ListRequest,
  listSeries,
  MAX_FILTERS,
  notSeen,
} from '../cloudwatch/listing.ts';
import { type Reading, readSeries } from '../cloudwatch/reading.ts';
import { searchText } from '../cloudwatch/text.ts';
import { type Unavailable, unavailable } from '../evidence.ts';
import { matching } from '../matching.ts';
import {
  type AnyEvidence,
  isAboutSeries,
  type PresenceQuestion,
  type Question,
  questionKey,
} from '../question.ts';
import type { Signal } from '../signal.ts';
import { notKnownHere, type Source, type SourcePorts } from './source.ts';

const MINUTE_MS = 60_000;
/** What `RecentlyActive: PT3H` is sure to list. */
const RECENT_MS = 3 * 60 * MINUTE_MS;
/** Longer windows are read in periods of more than a minute. */
const LONGEST_BY_MINUTE_MS = 23 * 60 * MINUTE_MS;

interface Inquiry {
  readonly question: PresenceQuestion;
  readonly request: ListRequest;
}

/** What was read so far in this run, since `from` (milliseconds since the epoch). */
interface Reader {
  from: number;
  readonly readings: Map<string, Reading>;
}

/**
 * The CloudWatch metrics of one region and account, and of accounts that are linked to it. ListMetrics proposes candidates and is remembered for 15 minutes;
 * GetMetricData decides. What was alive last time is read first, as many as prove the question, and every candidate of a
 * part that they do not prove. What a remembered list says is marked so: a death is declared only after `renew`.
 */
export function cloudwatch(signal: Signal, ports: SourcePorts): Source {
  const identity = JSON.stringify([signal.region, signal.role, signal.externalId]);
  const { alive, listings: remembered } = ports.memory;
  // A long window is read in longer periods, which must not blur what is asked by the minute.
  const byMinute: Reader = { from: Number.POSITIVE_INFINITY, readings: new Map() };
  const coarse: Reader = { from: Number.POSITIVE_INFINITY, readings: new Map() };
  const hidden = new Map<string, Promise<Unavailable | undefined>>();
  let renewedAt = Number.NEGATIVE_INFINITY;
  let opened: Promise<CloudWatch> | undefined;
  const open = (): Promise<CloudWatch> => (opened ??= openCloudWatch(signal, ports));

  async function read(reader: Reader, series: readonly ListedSeries[], from: number): Promise<void> {
    if (from < reader.from) reader.readings.clear();
    reader.from = Math.min(from, reader.from);
    const wanted = new Map(series.map((one) => [one.key, one]));
    const unread = [...wanted.values()].filter(({ key }) => !reader.readings.has(key));
    if (unread.length === 0) return;
    for (const [key, reading] of await readSeries(unread, reader.from, await open(), ports)) {
      reader.readings.set(key, reading);
      if (reading.ends.length > 0) alive.set(`${identity}${key}`, Math.max(...reading.ends));
    }
  }

  /** Once a run for each account that looks empty. */
  function isHidden(account: string, on: CloudWatch): Promise<Unavailable | undefined> {
    const looked = hidden.get(account) ?? notSeen(account, on);
    hidden.set(account, looked);
    return looked;
  }

  async function list(request: ListRequest, notBefore: number): Promise<Listing | Unavailable> {
    const key = `${identity}${JSON.stringify(request)}`;
    const known = remembered.get(key);
    if (known && known.at >= notBefore) return known;
    const on = await open();
    const listing = await listSeries(request, on, ports);
    if (!('series' in listing)) return listing;
    const isEmpty = listing.series.length === 0 && request.account !== undefined;
    const trouble = isEmpty ? await isHidden(request.account, on) : undefined;
    if (!trouble) remembered.set(key, listing);
    return trouble ?? listing;
  }

  async function listAll(inquiries: readonly Inquiry[], notBefore: number) {
    const requests = new Map(inquiries.map(({ request }) => [JSON.stringify(request), request]));
    const listed = await Promise.all(
      [...requests].map(async ([key, request]) => [key, await list(request, notBefore)] as const),
    );
    return new Map(listed);
  }

  /** Members that were alive inside the bound when they were last read, or a little before: the likeliest first. */
  function firstReads(
    question: PresenceQuestion,
    parts: readonly Part[],
    now: number,
  ): readonly ListedSeries[] {
    const boundMs = ('freshMs' in question ? question.freshMs : 0) + LISTING_LASTS_MS;
    return parts.flatMap(({ members, enough }) => {
      if (enough === undefined) return members;
      const seen = ({ key }: ListedSeries): number => alive.get(`${identity}${key}`) ?? 0;
      const likely = members.filter((one) => seen(one) >= now - boundMs).sort((a, b) => seen(b) - seen(a));
      return likely.length >= enough ? likely.slice(0, enough) : members;
    });
  }

  async function askTogether(reader: Reader, questions: readonly PresenceQuestion[]) {
    const now = ports.clock.now();
    const inquiries = plan(questions);
    const from = now - Math.max(...questions.map(reachMs)) - MINUTE_MS;
    const listings = await listAll(inquiries, Math.max(renewedAt, now - LISTING_LASTS_MS));
    const parts = await partsByQuestion(inquiries, listings);
    await read(
      reader,
      [...parts].flatMap(([question, own]) => firstReads(question, own, now)),
      from,
    );
    const unsettled = [...parts].flatMap(([question, own]) =>
      own.filter((part) => !isSettled(question, part, reader.readings, now)),
    );
    await read(
      reader,
      unsettled.flatMap(({ members }) => members),
      from,
    );
    return inquiries.map(({ question, request }): [string, AnyEvidence] => {
      const listing = listings.get(JSON.stringify(request));
      const own = parts.get(question);
      if (!listing || !('series' in listing)) return [questionKey(question), listing ?? NOT_RE2];
      if (!own) return [questionKey(question), NOT_RE2];
      const evidence = answer(question, own, reader.readings, now);
      const isRemembered = evidence.kind === 'found' && listing.at < now;
      return [questionKey(question), isRemembered ? { ...evidence, isRemembered } : evidence];
    });
  }

  return {
    text: (question) => (isAboutSeries(question) ? searchText(question) : question.ask),
    renew: () => {
      renewedAt = ports.clock.now();
    },
    async ask(all) {
      const questions = all.filter(isPresence);
      forget(alive, ports.clock.now());
      const isCoarse = (question: PresenceQuestion): boolean => reachMs(question) > LONGEST_BY_MINUTE_MS;
      const [minutes, long] = [questions.filter((one) => !isCoarse(one)), questions.filter(isCoarse)];
      const answers = await Promise.all([
        minutes.length > 0 ? askTogether(byMinute, minutes) : [],
        long.length > 0 ? askTogether(coarse, long) : [],
      ]);
      return new Map([...answers.flat(), ...notKnownHere(all.filter((one) => !isPresence(one)))]);
    },
  };
}

function isPresence(question: Question): question is PresenceQuestion {
  return isAboutSeries(question) && question.ask !== 'statistic';
}

/** The parts of every question whose listing is there and whose patterns can be read. */
async function partsByQuestion(
  inquiries: readonly Inquiry[],
  listings: ReadonlyMap<string, Listing | Unavailable>,
): Promise<ReadonlyMap<PresenceQuestion, readonly Part[]>> {
  const parts = new Map<PresenceQuestion, readonly Part[]>();
  for (const { question, request } of inquiries) {
    const listing = listings.get(JSON.stringify(request));
    const holds = await matching(question.of.match);
    if (!listing || !('series' in listing) || !holds) continue;
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

/** What was seen long ago helps no more. */
function forget(alive: Map<string, number>, now: number): void {
  for (const [key, seenAt] of alive) {
    if (seenAt < now - RECENT_MS) alive.delete(key);
  }
}

/** The configuration refuses such patterns; this stands in case it ever does not. */
const NOT_RE2 = unavailable('rejected', 'a pattern under match is not RE2');

/** One list for the metrics that share a match; a metric of its own where there is no match to narrow the list. */
function plan(questions: readonly PresenceQuestion[]): readonly Inquiry[] {
  const requests = questions.map((question) => ({ question, request: requestFor(question) }));
  return requests.map(({ question, request }) => {
    const sharing = requests.filter((other) => sameList(other.request, request));
    const metrics = new Set(sharing.map((other) => other.question.of.metric));
    const shared = metrics.size > 1 && request.equals.length > 0;
    return { question, request: shared ? { ...request, metric: undefined } : request };
  });
}

function requestFor(question: PresenceQuestion): ListRequest {
  const equals = question.of.match.filter(({ operator, value }) => operator === '=' && value !== '');
  return {
    namespace: question.of.namespace ?? '',
    metric: question.of.metric,
    equals: equals.slice(0, MAX_FILTERS),
    recent: reachMs(question) <= RECENT_MS,
    account: question.of.account,
  };
}

function sameList(a: ListRequest, b: ListRequest): boolean {
  return (
    a.namespace === b.namespace &&
    a.recent === b.recent &&
    a.account === b.account &&
    JSON.stringify(a.equals) === JSON.stringify(b.equals)
  );
}

/** How far back a question looks; of the present, as far as what may have a successor that is not listed yet. */
function reachMs(question: PresenceQuestion): number {
  switch (question.ask) {
    case 'count':
      return Math.max(question.freshMs, LISTED_LATE_MS) + (question.beforeMs ?? 0);
    case 'newest':
      return question.withinMs;
    case 'newSeries':
      return Math.max(question.freshMs, 300_000) + question.sinceMs;
    default:
      return Math.max(question.freshMs, LISTED_LATE_MS);
  }
}
