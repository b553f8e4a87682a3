import { type Absent, type Unavailable, unavailable } from '../evidence.ts';
import type { SourcePorts } from '../sources/source.ts';
import type { Period, TracePlace } from './place.ts';

/** More pages than this are not read for one service: some AWS regions allow five requests a second. */
const MOST_PAGES = 30;
/** What is left of the run when no further page is begun. */
const LAST_MOMENTS_MS = 2000;

/** What a look found of a service. */
export interface Looked {
  /** Traces by id, and when each was last added to. Milliseconds since the epoch. */
  readonly traces: ReadonlyMap<string, number>;
  /** Why there may be more; undefined where enough were found, or every place was read to its end. */
  readonly trouble: Absent | Unavailable | undefined;
}

/** What is asked of the places: at least `enough` traces of a service in a period, or all that there are. */
export interface Wanted {
  readonly service: string;
  readonly period: Period;
  readonly enough: number;
}

/**
 * Looks for traces in one place after the other, the newest page first, until enough are found.
 * `mayLack` says that a place need not exist.
 */
export async function look(
  places: readonly TracePlace[],
  wanted: Wanted,
  mayLack: boolean,
  ports: Pick<SourcePorts, 'clock' | 'deadline'>,
): Promise<Looked> {
  const traces = new Map<string, number>();
  const troubles: (Absent | Unavailable)[] = [];
  for (const place of places) {
    try {
      const left = await lookInto(place, wanted, traces, ports);
      if (traces.size >= wanted.enough) return { traces, trouble: undefined };
      if (left) troubles.push(left);
    } catch (error) {
      const failed = place.failure(error, wanted.service);
      if (failed.kind === 'absent' && !mayLack) return { traces, trouble: failed };
      if (failed.kind === 'unavailable') troubles.push(failed);
    }
  }
  return { traces, trouble: troubles[0] };
}

/** Adds what one place shows to `traces`. Returns why it was not read to its end, where it had to be. */
async function lookInto(
  place: TracePlace,
  { service, period, enough }: Wanted,
  traces: Map<string, number>,
  { clock, deadline }: Pick<SourcePorts, 'clock' | 'deadline'>,
): Promise<Unavailable | undefined> {
  let pages = 0;
  for await (const { sightings, isLast } of place.pages(service, period, enough)) {
    for (const { trace, at } of sightings) {
      if (at >= period.from) traces.set(trace, Math.max(at, traces.get(trace) ?? 0));
    }
    if (traces.size >= enough) return undefined;
    pages += 1;
    const isLate = clock.now() > deadline - LAST_MOMENTS_MS;
    if (!isLast && (isLate || pages >= MOST_PAGES)) return unfinished(traces.size, pages);
  }
  return undefined;
}

function unfinished(found: number, pages: number): Unavailable {
  const soFar = found === 0 ? 'no trace' : `only ${found} ${found === 1 ? 'trace' : 'traces'}`;
  const read = pages === 1 ? '1 page' : `${pages} pages`;
  return unavailable('incomplete', `${soFar} in the newest ${read}, and there are more than could be read`);
}
