import { APPS, type EksCluster } from '../../rehearsal/pipelines/eks-cluster.ts';
import { type OutageKind, outageKinds } from './outages.ts';
import type { Random } from '../../rehearsal/random.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const LONGEST_MS = 5 * HOUR_MS;
/** Within this after its end all is said about an outage; the next one begins later. */
export const AFTERMATH_MS = 75 * MINUTE_MS;

export interface Outage {
  readonly kind: OutageKind;
  readonly cluster: string;
  readonly begin: number;
  readonly end: number;
}

interface Stretch {
  readonly start: number;
  readonly days: number;
}

interface Happening {
  readonly at: number;
  readonly happen: (at: number) => void;
}

/** Outages that do not overlap, each kind as often as any other, at any time of day. */
export function planOutages(
  count: number,
  clusters: readonly [string, ...string[]],
  { start, days }: Stretch,
  random: Random,
): readonly Outage[] {
  const deck = Array.from({ length: Math.ceil(count / outageKinds.length) }, () =>
    random.shuffled(outageKinds),
  ).flat();
  const quietMs = 3 * HOUR_MS;
  const slotMs = (days * DAY_MS - quietMs) / count;
  return deck.slice(0, count).map((kind, index): Outage => {
    const from = start + quietMs + index * slotMs;
    const longest = Math.min(LONGEST_MS, slotMs - AFTERMATH_MS - 30 * MINUTE_MS);
    const usual = Math.min(longest, Math.max(kind.shortestMs, 90 * MINUTE_MS));
    const lasts = random.between(kind.shortestMs, random.chance(0.6) ? usual : longest);
    const begin = from + random.between(0, slotMs - AFTERMATH_MS - lasts);
    return { kind, cluster: random.pick(clusters), begin, end: begin + lasts };
  });
}

/** Tells an estate everything that happens to it, in the order of time: what breaks, and what healthy clusters do. */
export function schedule(
  estate: EksCluster,
  outages: readonly Outage[],
  stretch: Stretch & { readonly isNoisy: boolean },
  random: Random,
): void {
  const own = outages.filter(({ cluster }) => cluster === estate.name);
  const happenings: Happening[] = own.flatMap(({ kind, begin, end }) => [
    { at: begin, happen: (at) => kind.begin(estate, at) },
    { at: end, happen: (at) => kind.end(estate, at) },
  ]);
  for (let day = -1; stretch.isNoisy && day < stretch.days; day += 1) {
    const midnight = Math.floor(stretch.start / DAY_MS + day) * DAY_MS;
    happenings.push(...scaling(estate, midnight, random), ...rollouts(estate, midnight, random));
    happenings.push(...collectorWork(estate, midnight, random).filter((one) => !isDelicate(one, own)));
    lateDeliveries(estate, midnight, random);
  }
  for (const { at, happen } of happenings.sort((a, b) => a.at - b.at)) happen(at);
}

/** More pods, then more nodes in the morning; fewer nodes, then fewer pods in the evening. */
function scaling(estate: EksCluster, midnight: number, random: Random): Happening[] {
  const around = (hours: number): number => midnight + hours * HOUR_MS + random.between(-9, 9) * MINUTE_MS;
  const pods = (hours: number, perApp: number): Happening => ({
    at: around(hours),
    happen: (at) => estate.scalePods(perApp, at),
  });
  const nodes = (hours: number, count: number): Happening => ({
    at: around(hours),
    happen: (at) => estate.scaleNodes(count, at),
  });
  return [
    pods(6.5, 3),
    pods(7.25, 4),
    pods(8, 5),
    nodes(8.5, 5),
    nodes(9, 6),
    nodes(12, 5),
    nodes(14, 6),
    nodes(19.5, 5),
    nodes(20, 4),
    pods(21, 4),
    pods(21.75, 3),
    pods(22.5, 2),
  ];
}

function rollouts(estate: EksCluster, midnight: number, random: Random): Happening[] {
  const ofOne = Array.from({ length: random.whole(1, 3) }, (): Happening => ({
    at: midnight + random.between(0, DAY_MS),
    happen: (at) => estate.rollOut([random.pick(APPS)], at, { atOnce: random.chance(0.2) }),
  }));
  if (random.chance(0.7)) return ofOne;
  const at = midnight + random.between(0, DAY_MS);
  return [...ofOne, { at, happen: () => estate.rollOut(APPS, at, { atOnce: random.chance(0.5) }) }];
}

/** Restarts and rollouts of the collector, hours apart. */
function collectorWork(estate: EksCluster, midnight: number, random: Random): Happening[] {
  const slotMs = 4 * HOUR_MS;
  return Array.from({ length: DAY_MS / slotMs }, (_, slot): Happening[] => {
    const at = midnight + slot * slotMs + random.between(0, slotMs - 30 * MINUTE_MS);
    if (random.chance(0.12)) {
      const gapMs = random.between(2, 75) * 1000;
      return [{ at, happen: () => estate.rollOutCollector(at, gapMs) }];
    }
    const gapMs = random.between(20, 120) * 1000;
    return random.chance(0.35) ? [{ at, happen: () => estate.restartCollector(at, gapMs) }] : [];
  }).flat();
}

/** Minutes before something breaks or heals a restart would undo it. */
function isDelicate({ at }: Happening, outages: readonly Outage[]): boolean {
  return outages.some(({ begin, end }) =>
    [begin, end].some((turn) => at > turn - 5 * MINUTE_MS && at < turn + 5 * MINUTE_MS),
  );
}

/** Minutes become readable up to ten minutes after their end, as is documented. */
function lateDeliveries({ emf }: EksCluster, midnight: number, random: Random): void {
  for (let count = random.whole(2, 8); count > 0; count -= 1) {
    const from = midnight + random.between(0, DAY_MS);
    emf.delayDelivery(from, from + random.between(5, 90) * MINUTE_MS, random.whole(1, 10));
  }
}
