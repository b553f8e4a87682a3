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
        ...(token === undefined ? {} : { NextToken: token }),
      });
      const page = await send({ action: 'cloudwatch:ListMetrics' }, (client, options) =>
        client.send(command, options),
      );
      for (const { MetricName, Dimensions } of page.Metrics ?? []) {
        if (MetricName === undefined)
          return unavailable('invalid-response', 'ListMetrics listed a metric without a name');
        // A series that is listed twice, as across pages that shift, is one.
        const listed = listedSeries(request.namespace, MetricName, Dimensions ?? []);
        series.set(listed.key, listed);
      }
      if (page.NextToken !== undefined && page.NextToken === token) {
        return unavailable('invalid-response', 'ListMetrics gave the same page twice');
      }
      token = page.NextToken;
    } while (token !== undefined);
  } catch (error) {
    return awsFailure(error, `cloudwatch:ListMetrics, as ${as}`);
  }
  return { at, series: [...series.values()] };
}

/** A series by its name and dimensions, in whatever order. */
export function listedSeries(
  namespace: string,
  metric: string,
  dimensions: readonly { readonly Name?: string | undefined; readonly Value?: string | undefined }[],
): ListedSeries {
  const pairs = dimensions
    .map(({ Name = '', Value = '' }) => [Name, Value] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return { key: JSON.stringify([namespace, metric, pairs]), namespace, metric, dimensions: new Map(pairs) };
}
