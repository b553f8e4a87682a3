import type { ListMetricsCommandOutput, Metric } from '@aws-sdk/client-cloudwatch';
import { awsFailure } from '../aws/failure.ts';
import type { Matcher } from '../config/values.ts';
import { type Unavailable, unavailable } from '../evidence.ts';
import type { SourcePorts } from '../sources/source.ts';
import type { CloudWatch } from './client.ts';

/** A metric of one set of dimensions, as CloudWatch lists it; whether it is alive only its datapoints tell. */
export interface ListedSeries {
  readonly key: string;
  readonly namespace: string;
  readonly metric: string;
  readonly dimensions: ReadonlyMap<string, string>;
  /** The linked account that it is in; undefined is the account that is asked. */
  readonly account: string | undefined;
}

export interface Listing {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly series: readonly ListedSeries[];
}

export interface ListRequest {
  readonly namespace: string;
  /** Undefined where several metrics share the answer. */
  readonly metric: string | undefined;
  /** Equality matchers with a value: all that ListMetrics can filter by. */
  readonly equals: readonly Matcher[];
  /** Only what had datapoints in the last three hours or a little longer. Else two weeks. */
  readonly recent: boolean;
  /** A linked account to list; undefined is the account that is asked. */
  readonly account: string | undefined;
}

/** A list older than this is asked for again: CloudWatch itself shows a new metric up to 15 minutes late. */
export const LISTING_LASTS_MS = 15 * 60_000;
/** ListMetrics takes at most ten dimension filters; further matchers are applied to what it lists. */
export const MAX_FILTERS = 10;

/**
 * The series that CloudWatch lists, all pages. A listing proposes candidates: it omits what is new for up to 15 minutes
 * and shows what is dead for two weeks.
 */
export async function listSeries(
  request: ListRequest,
  { request: send, commands, as }: CloudWatch,
  ports: SourcePorts,
): Promise<Listing | Unavailable> {
  const series = new Map<string, ListedSeries>();
  const at = ports.clock.now();
  let token: string | undefined;
  try {
    do {
      const command = new commands.ListMetricsCommand({
        Namespace: request.namespace,
        ...(request.metric === undefined ? {} : { MetricName: request.metric }),
        ...(request.recent ? { RecentlyActive: 'PT3H' } : {}),
        Dimensions: request.equals.map(({ label, value }) => ({ Name: label, Value: value })),
        ...ownedBy(request.account),
        ...(token === undefined ? {} : { NextToken: token }),
      });
      const page = await send({ action: 'cloudwatch:ListMetrics' }, (client, options) =>
        client.send(command, options),
      );
      if (page.Metrics === undefined) return NO_LIST;
      for (const { MetricName, Dimensions } of metricsOf(page, request.account)) {
        if (MetricName === undefined)
          return unavailable('invalid-response', 'ListMetrics listed a metric without a name');
        // A series that is listed twice, as across pages that shift, is one.
        const listed = listedSeries(request, MetricName, Dimensions ?? []);
        series.set(listed.key, listed);
      }
      if (page.NextToken !== undefined && page.NextToken === token) {
        return unavailable('invalid-response', 'ListMetrics gave the same page twice');
      }
      token = page.NextToken;
    } while (token !== undefined);
  } catch (error) {
    return awsFailure(error, `cloudwatch:ListMetrics${ofAccount(request.account)}, as ${as}`);
  }
  return { at, series: [...series.values()] };
}

/** What is no list says nothing of what is there. */
const NO_LIST = unavailable('invalid-response', 'ListMetrics answered without a list of metrics');

/**
 * Why a linked account is not seen at all; undefined where any of its metrics of the last two weeks is. The list of an
 * account that is not linked is as empty as one whose metrics are gone, and that would be a verdict on nothing.
 */
export async function notSeen(
  account: string,
  { request: send, commands, as }: CloudWatch,
): Promise<Unavailable | undefined> {
  let token: string | undefined;
  try {
    do {
      const input = { ...ownedBy(account), ...(token === undefined ? {} : { NextToken: token }) };
      const page = await send({ action: 'cloudwatch:ListMetrics' }, (client, options) =>
        client.send(new commands.ListMetricsCommand(input), options),
      );
      if (page.Metrics === undefined) return NO_LIST;
      if (metricsOf(page, account).length > 0) return undefined;
      token = page.NextToken === token ? undefined : page.NextToken;
    } while (token !== undefined);
  } catch (error) {
    return awsFailure(error, `cloudwatch:ListMetrics${ofAccount(account)}, as ${as}`);
  }
  const detail = `no metric of account ${account} is seen here, as ${as}`;
  return unavailable('denied', `${detail}; ${isItLinked(account)}`);
}

/** Asked where an account may not be linked. */
export function isItLinked(account: string): string {
  return `is account ${account} linked to this one in this region, and are its metrics shared?`;
}

function ofAccount(account: string | undefined): string {
  return account === undefined ? '' : ` of account ${account} (${isItLinked(account)})`;
}

function ownedBy(account: string | undefined) {
  return account === undefined ? {} : { IncludeLinkedAccounts: true, OwningAccount: account };
}

/** The metrics of a page, without those that are told to be another account's. */
function metricsOf(
  { Metrics = [], OwningAccounts = [] }: ListMetricsCommandOutput,
  account: string | undefined,
): Metric[] {
  return Metrics.filter(
    (_, index) => (OwningAccounts[index] ?? account) === account || account === undefined,
  );
}

/** A series by its name and dimensions, in whatever order. */
export function listedSeries(
  { namespace, account }: Pick<ListRequest, 'namespace' | 'account'>,
  metric: string,
  dimensions: readonly { readonly Name?: string | undefined; readonly Value?: string | undefined }[],
): ListedSeries {
  const pairs = dimensions
    .map(({ Name = '', Value = '' }) => [Name, Value] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const key = JSON.stringify([namespace, metric, pairs, ...(account === undefined ? [] : [account])]);
  return { key, namespace, metric, dimensions: new Map(pairs), account };
}
