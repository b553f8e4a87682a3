import { awsJson, awsJsonError, continued, invalidNextToken, nextToken } from './aws-json.ts';
import { MINUTE_MS } from './emission.ts';
import type { Reply } from './http.ts';
import type { ListMetricsInput } from './metric-reads.ts';
import { metricKey, spread } from './metric-store.ts';
import type { MetricStore, StoredMetric } from './metric-store.ts';

export interface Listing {
  /** By account: first the one that is asked, then those that are linked to it. */
  readonly stores: ReadonlyMap<string, MetricStore>;
  /** Minutes from the first datapoint of a metric until it is listed. */
  readonly listedAfter: number;
  readonly pageSize: number;
}

const HOUR_MS = 60 * MINUTE_MS;
const TWO_WEEKS_MS = 14 * 24 * HOUR_MS;
const RECENT_MS = 3 * HOUR_MS;
const RECENT_SLACK_MINUTES = 50;
const MAX_DIMENSION_FILTERS = 10;

/**
 * Answers ListMetrics at `now` (ms). A metric is listed some time after its first datapoint and until two weeks after
 * its last; with RecentlyActive until 3 h after it, for some metrics up to 50 min longer, as the API reference says.
 */
export function answerListMetrics(
  input: ListMetricsInput,
  { stores, listedAfter, pageSize }: Listing,
  now: number,
): Reply {
  const problem = problemOf(input);
  if (problem !== undefined) {
    return awsJsonError(400, 'InvalidParameterValueException', problem, 'InvalidParameterValue');
  }
  const from =
    input.NextToken === undefined
      ? { at: now, position: undefined }
      : continued(input, input.NextToken, (value) => typeof value === 'string');
  if (!from) return invalidNextToken();
  const listed = accountsOf(input, stores).flatMap(([account, { metrics }]) =>
    metrics
      .filter(
        (metric) => isListed(metric, listedAfter, input.RecentlyActive, from.at) && isAskedFor(metric, input),
      )
      .map((metric) => ({ account, metric, position: `${account} ${metricKey(metric)}` })),
  );
  const begin =
    from.position === undefined ? 0 : listed.findIndex(({ position }) => position === from.position) + 1;
  const page = listed.slice(begin, begin + pageSize);
  const last = page.at(-1);
  const more = last !== undefined && begin + pageSize < listed.length;
  const token = more ? { NextToken: nextToken(input, { at: from.at, position: last.position }) } : {};
  const owners = input.IncludeLinkedAccounts ? { OwningAccounts: page.map(({ account }) => account) } : {};
  return awsJson({ Metrics: page.map(({ metric }) => described(metric)), ...owners, ...token });
}

/** Of an account that is not linked nothing is listed. What CloudWatch really answers there is not documented. */
function accountsOf(
  { IncludeLinkedAccounts = false, OwningAccount }: ListMetricsInput,
  stores: ReadonlyMap<string, MetricStore>,
): (readonly [string, MetricStore])[] {
  if (!IncludeLinkedAccounts) return [...stores].slice(0, 1);
  return [...stores].filter(([account]) => OwningAccount === undefined || account === OwningAccount);
}

function problemOf({
  Dimensions = [],
  RecentlyActive,
  OwningAccount,
  IncludeLinkedAccounts = false,
}: ListMetricsInput): string | undefined {
  if (OwningAccount !== undefined && !IncludeLinkedAccounts)
    return 'The parameter OwningAccount must be used with IncludeLinkedAccounts.';
  if (Dimensions.length > MAX_DIMENSION_FILTERS) {
    return `The collection Dimensions must not have a size greater than ${MAX_DIMENSION_FILTERS}.`;
  }
  if (RecentlyActive === undefined || RecentlyActive === 'PT3H') return undefined;
  return `The value ${RecentlyActive} for parameter RecentlyActive is not supported.`;
}

function isListed(
  metric: StoredMetric,
  listedAfter: number,
  recentlyActive: string | undefined,
  now: number,
): boolean {
  const first = metric.firstAt();
  if (first === undefined || first + listedAfter * MINUTE_MS > now) return false;
  const last = metric.lastAt(now);
  const remembered = recentlyActive === undefined ? TWO_WEEKS_MS : RECENT_MS + slackOf(metric);
  return last !== undefined && now - last <= remembered;
}

function slackOf(metric: StoredMetric): number {
  return spread(metricKey(metric), RECENT_SLACK_MINUTES + 1) * MINUTE_MS;
}

function isAskedFor(
  metric: StoredMetric,
  { Namespace, MetricName, Dimensions = [] }: ListMetricsInput,
): boolean {
  if (Namespace !== undefined && metric.namespace !== Namespace) return false;
  if (MetricName !== undefined && metric.name !== MetricName) return false;
  return Dimensions.every(({ Name, Value }) =>
    Value === undefined ? metric.dimensions.has(Name) : metric.dimensions.get(Name) === Value,
  );
}

function described({ namespace, name, dimensions }: StoredMetric): object {
  const Dimensions = [...dimensions].map(([Name, Value]) => ({ Name, Value }));
  return { Namespace: namespace, MetricName: name, Dimensions };
}
