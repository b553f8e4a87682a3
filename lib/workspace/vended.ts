import { type Identity, identityKey } from '../aws/credentials.ts';
import { type CloudWatch, openCloudWatch } from '../cloudwatch/client.ts';
import {
  listedSeries,
  type ListedSeries,
  type Listing,
  LISTING_LASTS_MS,
  listSeries,
} from '../cloudwatch/listing.ts';
import { type Measure, type Measured, measureKey, readMeasures } from '../cloudwatch/metric-data.ts';
import { found, type Unavailable } from '../evidence.ts';
import { type AnyEvidence, questionKey } from '../question.ts';
import type { SourcePorts } from '../sources/source.ts';
import {
  discardedOf,
  evaluationsOf,
  isWorkspace,
  NEWS_REACHES_MS,
  notificationsOf,
  PERIOD_MS,
  usageOf,
} from './counters.ts';
import type { VendedQuestion } from './questions.ts';

/** AMP's own metrics can be read some minutes late; a period is read when it has been over for this long. */
const LATE_MS = 3 * 60_000;

const COUNTERS = {
  discarded: ['DiscardedSamples'],
  evaluations: ['RuleEvaluationFailures', 'RuleGroupIterationsMissed'],
  notifications: [
    'AlertManagerAlertsReceived',
    'AlertManagerNotificationsFailed',
    'AlertManagerNotificationsThrottled',
  ],
  usage: [],
} as const satisfies Record<VendedQuestion['ask'], readonly string[]>;

export interface VendedMetrics {
  /** Answers, of which none rests on a list from before `notBefore` (milliseconds since the epoch). */
  ask(questions: readonly VendedQuestion[], notBefore: number): Promise<[string, AnyEvidence][]>;
}

/**
 * The metrics that AMP publishes about the workspaces of a region and account. Which counters there are is listed at most
 * every 15 minutes, for their dimensions are not all documented; then all workspaces are read in one GetMetricData. What
 * is not there is zero: AMP says so of its metrics.
 */
export function vendedMetrics(identity: Identity, ports: SourcePorts): VendedMetrics {
  const remembered = ports.memory.listings;
  const read = new Map<string, Measured>();
  let readTo = 0;
  let opened: Promise<CloudWatch> | undefined;
  const open = (): Promise<CloudWatch> => (opened ??= openCloudWatch(identity, ports));

  async function list(notBefore: number): Promise<Listing | Unavailable> {
    const request = {
      namespace: 'AWS/Prometheus',
      metric: undefined,
      equals: [],
      recent: false,
      account: undefined,
    };
    const key = `${identityKey(identity)}${JSON.stringify(request)}`;
    const known = remembered.get(key);
    if (known && known.at >= Math.max(notBefore, ports.clock.now() - LISTING_LASTS_MS)) return known;
    const listing = await listSeries(request, await open(), ports);
    if ('series' in listing) remembered.set(key, listing);
    return listing;
  }

  async function readTogether(queries: readonly Measure[], to: number): Promise<void> {
    if (to !== readTo) read.clear();
    readTo = to;
    const unread = queries.filter((one) => !read.has(measureKey(one)));
    if (unread.length === 0) return;
    const window = { from: to - NEWS_REACHES_MS, to, periodMs: PERIOD_MS };
    for (const [key, measured] of await readMeasures(unread, window, await open())) read.set(key, measured);
  }

  return {
    async ask(questions, notBefore) {
      const now = ports.clock.now();
      const to = Math.floor((now - LATE_MS) / PERIOD_MS) * PERIOD_MS;
      const needsList = questions.some(({ ask }) => COUNTERS[ask].length > 0);
      const listing = needsList ? await list(notBefore) : undefined;
      const listed = listing && 'series' in listing ? listing.series : [];
      const inquiries = questions.map((question) => ({
        question,
        counters: countersOf(question, listed),
        gauge: gaugeOf(question),
      }));
      await readTogether(
        inquiries.flatMap(({ counters, gauge }) => [...counters, ...gauge]),
        to,
      );
      return inquiries.map(({ question, counters, gauge }): [string, AnyEvidence] => {
        const key = questionKey(question);
        const isListed = COUNTERS[question.ask].length > 0;
        if (isListed && listing && 'kind' in listing) return [key, listing];
        const evidence = answer(question, counters, gauge, read, { now, to });
        const isRemembered = isListed && listing && 'at' in listing && listing.at < now;
        return [key, evidence.kind === 'found' && isRemembered ? { ...evidence, isRemembered } : evidence];
      });
    },
  };
}

function answer(
  question: VendedQuestion,
  counters: readonly Measure[],
  gauge: readonly Measure[],
  read: ReadonlyMap<string, Measured>,
  { now, to }: { readonly now: number; readonly to: number },
): AnyEvidence {
  const pointsOf = (measure: Measure) => read.get(measureKey(measure))?.points ?? [];
  const troubleIn = (queries: readonly Measure[]) =>
    queries.flatMap((one) => read.get(measureKey(one))?.trouble ?? [])[0];
  const trouble = troubleIn(counters) ?? (question.ask === 'usage' ? troubleIn(gauge) : undefined);
  if (trouble) return trouble;
  switch (question.ask) {
    case 'usage':
      return found(usageOf(gauge.flatMap(pointsOf), to), now);
    case 'discarded': {
      const value = discardedOf(question, counters, gauge.flatMap(pointsOf), pointsOf, to);
      // Where nothing is discarded, it is a part of nothing.
      return (value.reasons.length > 0 ? troubleIn(gauge) : undefined) ?? found(value, now);
    }
    case 'evaluations':
      return found(evaluationsOf(question, counters, pointsOf, to), now);
    case 'notifications':
      return found(notificationsOf(question, counters, pointsOf, to), now);
  }
}

/** The listed counters that a question is about, of its workspace, whatever the dimension is called. */
function countersOf({ ask, place }: VendedQuestion, listed: readonly ListedSeries[]): readonly Measure[] {
  const names: readonly string[] = COUNTERS[ask];
  return listed
    .filter(({ metric, dimensions }) => names.includes(metric) && isOfWorkspace(dimensions, place))
    .map((series) => ({ ...series, stat: 'Sum' }));
}

function isOfWorkspace(dimensions: ReadonlyMap<string, string>, place: string): boolean {
  return [...dimensions.values()].some((value) => isWorkspace(value, place));
}

/** A usage metric, whose dimensions are known (failure-modes §4.1). */
function gaugeOf(question: VendedQuestion): readonly Measure[] {
  const resource =
    question.ask === 'usage' ? question.resource : question.ask === 'discarded' ? 'IngestionRate' : undefined;
  if (resource === undefined) return [];
  const dimensions = {
    Class: 'None',
    Resource: resource,
    ResourceId: question.place,
    Service: 'Prometheus',
    Type: 'Resource',
  };
  const named = Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }));
  return [
    {
      ...listedSeries({ namespace: 'AWS/Usage', account: undefined }, 'ResourceCount', named),
      stat: 'Average',
    },
  ];
}
