import type { Estate } from '../../rehearsal/estate.ts';
import type { Random } from '../../rehearsal/random.ts';

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** What happens to one pipeline is over before something else does. */
const APART_MS = 30 * MINUTE_MS;

export interface Happening {
  readonly at: number;
  readonly what: string;
  readonly happen: () => void;
}

type Planned = Omit<Happening, 'happen'> & { readonly happen: (at: number) => void };

/** What is going to happen to clusters, and what has. */
export interface Agenda {
  add(cluster: string, happenings: readonly Happening[]): void;
  /** Lets happen what is due by `until`, in the order of time. */
  pass(until: number): void;
  /** When something happened to a cluster last. */
  lastOf(cluster: string): number;
  /** How often what happened. */
  readonly counts: ReadonlyMap<string, number>;
}

export function openAgenda(): Agenda {
  let ahead: (Happening & { readonly cluster: string })[] = [];
  const last = new Map<string, number>();
  const counts = new Map<string, number>();
  return {
    counts,
    add: (cluster, happenings) => {
      ahead = [...ahead, ...happenings.map((one) => ({ ...one, cluster }))].sort((a, b) => a.at - b.at);
    },
    pass: (until) => {
      const due = ahead.filter(({ at }) => at <= until);
      ahead = ahead.slice(due.length);
      for (const { at, what, cluster, happen } of due) {
        happen();
        last.set(cluster, at);
        counts.set(what, (counts.get(what) ?? 0) + 1);
      }
    },
    lastOf: (cluster) => last.get(cluster) ?? -Infinity,
  };
}

/** What happens to a healthy pipeline from a midnight (ms) on, in the order of time. */
export function daysOf(estate: Estate, midnight: number, days: number, random: Random): readonly Happening[] {
  const planned = Array.from({ length: days }, (_, day) => {
    const from = midnight + day * DAY_MS;
    return [...work(estate, from, random), ...scaling(estate, from, random), ...nights(estate, from, random)];
  }).flat();
  let free = -Infinity;
  return planned
    .sort((a, b) => a.at - b.at)
    .map(({ at: wanted, what, happen }) => {
      const at = Math.max(wanted, free);
      free = at + APART_MS;
      return { at, what, happen: () => happen(at) };
    });
}

/** Deployments, restarts and nodes, at any time of day; and hours in which CloudWatch is late. */
function work(estate: Estate, midnight: number, random: Random): readonly Planned[] {
  const sometimes = (most: number, one: (at: number) => Omit<Planned, 'at'>): readonly Planned[] =>
    Array.from({ length: random.whole(1, most) }, () => {
      const at = midnight + random.between(0, DAY_MS);
      return { at, ...one(at) };
    });
  const { rotateNode, delay } = estate;
  return [
    ...sometimes(3, () => {
      const gapMs = random.pick([-60, -20, 0, 15, 40, 75] as const) * SECOND_MS;
      return { what: `rollout, ${gapMs} ms apart`, happen: (at) => estate.rollOut(at, gapMs) };
    }),
    ...sometimes(2, () => {
      const gapMs = random.between(20, 100) * SECOND_MS;
      return { what: 'restart', happen: (at) => estate.restart(at, gapMs) };
    }),
    ...(rotateNode ? sometimes(2, () => ({ what: 'node', happen: rotateNode })) : []),
    ...(delay
      ? sometimes(4, () => {
          const lastsMs = random.between(5, 120) * MINUTE_MS;
          const minutes = random.whole(3, 10);
          return { what: 'late points', happen: (at) => delay(at, at + lastsMs, minutes) };
        })
      : []),
  ];
}

/** More replicas in the morning, fewer in the evening. */
function scaling({ scale }: Estate, midnight: number, random: Random): readonly Planned[] {
  if (!scale) return [];
  const around = (hours: number, replicas: number): Planned => ({
    at: midnight + hours * HOUR_MS + random.between(-20, 20) * MINUTE_MS,
    what: `scaled to ${replicas}`,
    happen: (at) => scale(replicas, at),
  });
  return [around(7, 3), around(8.5, 5), around(13, 4), around(15, 6), around(19, 4), around(21.5, 2)];
}

/** Nobody comes from the evening to the morning. */
function nights({ quiet }: Estate, midnight: number, random: Random): readonly Planned[] {
  if (!quiet) return [];
  const from = midnight + random.between(21.5, 23) * HOUR_MS;
  const to = midnight + random.between(28, 30) * HOUR_MS;
  return [{ at: from, what: 'night', happen: (at) => quiet(at, to) }];
}
