import { identityKey } from '../aws/credentials.ts';
import { askAlarms } from '../cloudwatch/alarms.ts';
import { answer, isSettled, type Part, partsOf } from '../cloudwatch/answers.ts';
import { askStatistics } from '../cloudwatch/ask-statistics.ts';
import { candidatesOf } from '../cloudwatch/candidates.ts';
import { type CloudWatch, openCloudWatch } from '../cloudwatch/client.ts';
import {
  type ListedSeries,
  type Listing,
  LISTING_LASTS_MS,
  type ListRequest,
  listSeries,
  notSeen,
} from '../cloudwatch/listing.ts';
import { type Inquiry, planListings, reachMs, RECENT_MS } from '../cloudwatch/inquiries.ts';
import { type Reading, readSeries } from '../cloudwatch/reading.ts';
import { searchText } from '../cloudwatch/text.ts';
import { type Unavailable, unavailable } from '../evidence.ts';
import { probeSeries } from '../probe/cloudwatch.ts';
import type { ProbeQuestion } from '../probe/question.ts';
import {
  type AnyEvidence,
  isAboutSeries,
  type PresenceQuestion,
  type Question,
  questionKey,
  type SeriesQuestion,
  type StatisticQuestion,
} from '../question.ts';
import type { Signal } from '../signal.ts';
import { isReferrers } from './referrers.ts';
import { notKnownHere, type Source, type SourcePorts } from './source.ts';

const MINUTE_MS = 60_000;
/** Longer windows are read in periods of more than a minute. */
const LONGEST_BY_MINUTE_MS = 23 * 60 * MINUTE_MS;

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
  const identity = identityKey(signal);
  const { alive, listings: remembered } = ports.memory;
  // A long window is read in longer periods, which must not blur what is asked by the minute.
  const byMinute: Reader = { from: Number.POSITIVE_INFINITY, readings: new Map() };
  const coarse: Reader = { from: Number.POSITIVE_INFINITY, readings: new Map() };
  const hidden = new Map<string, Promise<Unavailable | undefined>>();
  let renewedAt = Number.NEGATIVE_INFINITY;
  let opened: Promise<CloudWatch> | undefined;
  const open = (): Promise<CloudWatch> => (opened ??= openCloudWatch(signal, ports));
  /** Lists that were asked for and have not come yet. */
  const underWay = new Map<string, Promise<Listing | Unavailable>>();

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

  async function listAnew(request: ListRequest): Promise<Listing | Unavailable> {
    const on = await open();
    const listing = await listSeries(request, on, ports);
    const isEmpty = 'series' in listing && listing.series.length === 0;
    const trouble =
      isEmpty && request.account !== undefined ? await isHidden(request.account, on) : undefined;
    return trouble ?? listing;
  }

  async function list(request: ListRequest, notBefore: number): Promise<Listing | Unavailable> {
    const key = `${identity}${JSON.stringify(request)}`;
    const known = remembered.get(key);
    if (known && known.at >= notBefore) return known;
    const asked = underWay.get(key) ?? listAnew(request);
    underWay.set(key, asked);
    const listing = await asked.finally(() => underWay.delete(key));
    if ('series' in listing) remembered.set(key, listing);
    return listing;
  }

  async function listAll(inquiries: readonly Inquiry<SeriesQuestion>[], notBefore: number) {
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

  /** What writes is loaded by those who have a probe. */
  async function probe(questions: readonly ProbeQuestion[]): Promise<readonly [string, AnyEvidence][]> {
    if (questions.length === 0) return [];
    const { probeByPutMetricData } = await import('../probe/put-metric-data.ts');
    return probeByPutMetricData(questions, signal, ports);
  }

  async function askTogether(reader: Reader, inquiries: readonly Inquiry[]) {
    const now = ports.clock.now();
    const questions = inquiries.map(({ question }) => question);
    const from = now - Math.max(...questions.map(reachMs)) - MINUTE_MS;
    const listings = await listAll(inquiries, Math.max(renewedAt, now - LISTING_LASTS_MS));
    const answerable = await partsByQuestion(inquiries, listings);
    const parts = [...answerable].flatMap(([question, own]) => ('kind' in own ? [] : [{ question, own }]));
    await read(
      reader,
      parts.flatMap(({ question, own }) => firstReads(question, own, now)),
      from,
    );
    const unsettled = parts.flatMap(({ question, own }) =>
      own.filter((part) => !isSettled(question, part, reader.readings, now)),
    );
    await read(
      reader,
      unsettled.flatMap(({ members }) => members),
      from,
    );
    return inquiries.map(({ question, request }): [string, AnyEvidence] => {
      const own = answerable.get(question) ?? [];
      const evidence = 'kind' in own ? own : answer(question, own, reader.readings, now);
      return [questionKey(question), remembering(evidence, listings.get(JSON.stringify(request)), now)];
    });
  }

  async function askForStatistics(inquiries: readonly Inquiry<StatisticQuestion>[]) {
    const now = ports.clock.now();
    const listings = await listAll(inquiries, Math.max(renewedAt, now - LISTING_LASTS_MS));
    const listed = inquiries.flatMap(({ question, request }) => {
      const listing = listings.get(JSON.stringify(request));
      return listing ? [{ question, listing }] : [];
    });
    const answers = await askStatistics(listed, open, ports);
    return listed.map(({ question, listing }): [string, AnyEvidence] => {
      const evidence = answers.get(question) ?? unavailable('invalid-response', 'no answer was made');
      return [questionKey(question), remembering(evidence, listing, now)];
    });
  }

  return {
    text: (question) => {
      if (question.ask === 'probe') return searchText(probeSeries(question));
      return isAboutSeries(question) ? searchText(question) : question.ask;
    },
    renew: () => {
      renewedAt = ports.clock.now();
    },
    async ask(all) {
      const inquiries = planListings(all.filter(isAboutSeries));
      forget(alive, ports.clock.now());
      const presence = inquiries.filter((one): one is Inquiry => !isStatistic(one));
      const isCoarse = ({ question }: Inquiry): boolean => reachMs(question) > LONGEST_BY_MINUTE_MS;
      const [minutes, long] = [presence.filter((one) => !isCoarse(one)), presence.filter(isCoarse)];
      const statistics = inquiries.filter(isStatistic);
      const answers = await Promise.all([
        probe(all.filter(isProbe)),
        minutes.length > 0 ? askTogether(byMinute, minutes) : [],
        long.length > 0 ? askTogether(coarse, long) : [],
        statistics.length > 0 ? askForStatistics(statistics) : [],
        askAlarms(all.filter(isReferrers), signal, ports),
      ]);
      const others = all.filter((one) => !isAboutSeries(one) && !isProbe(one) && !isReferrers(one));
      return new Map([...answers.flat(), ...notKnownHere(others)]);
    },
  };
}

function isProbe(question: Question): question is ProbeQuestion {
  return question.ask === 'probe';
}

function isStatistic(inquiry: Inquiry<SeriesQuestion>): inquiry is Inquiry<StatisticQuestion> {
  return inquiry.question.ask === 'statistic';
}

/** What a remembered list says is marked so. */
function remembering(
  evidence: AnyEvidence,
  listing: Listing | Unavailable | undefined,
  now: number,
): AnyEvidence {
  const isRemembered = evidence.kind === 'found' && listing && 'at' in listing && listing.at < now;
  return isRemembered ? { ...evidence, isRemembered } : evidence;
}

/** The parts of every question, or why it cannot be answered. */
async function partsByQuestion(
  inquiries: readonly Inquiry[],
  listings: ReadonlyMap<string, Listing | Unavailable>,
): Promise<ReadonlyMap<PresenceQuestion, readonly Part[] | Unavailable>> {
  const parts = new Map<PresenceQuestion, readonly Part[] | Unavailable>();
  for (const { question, request } of inquiries) {
    const listing = listings.get(JSON.stringify(request));
    if (!listing) continue;
    const candidates = 'series' in listing ? await candidatesOf(question.of, listing) : listing;
    parts.set(question, 'kind' in candidates ? candidates : partsOf(question, candidates));
  }
  return parts;
}

/** What was seen long ago helps no more. */
function forget(alive: Map<string, number>, now: number): void {
  for (const [key, seenAt] of alive) {
    if (seenAt < now - RECENT_MS) alive.delete(key);
  }
}
