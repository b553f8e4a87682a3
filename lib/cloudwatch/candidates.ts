import type { Unavailable } from '../evidence.ts';
import { unavailable } from '../evidence.ts';
import { matching } from '../matching.ts';
import type { Selection } from '../question.ts';
import type { ListedSeries, Listing } from './listing.ts';

/** The configuration refuses such patterns; this stands in case it ever does not. */
const NOT_RE2 = unavailable('rejected', 'a pattern under match is not RE2');

/** Of what is listed, the series that are asked about. */
export async function candidatesOf(
  { metric, match, keySets }: Selection,
  listing: Listing,
): Promise<readonly ListedSeries[] | Unavailable> {
  const holds = await matching(match);
  if (!holds) return NOT_RE2;
  const sets = keySets?.map((names) => names.join('\0'));
  return listing.series.filter(
    (series) =>
      series.metric === metric &&
      holds(series.dimensions) &&
      (sets?.includes([...series.dimensions.keys()].join('\0')) ?? true),
  );
}
