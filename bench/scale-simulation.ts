import { randomOf } from '../rehearsal/random.ts';
import type { Quota } from './quotas.ts';

export interface Fleet {
  readonly clusters: number;
  /** How often each is verified. Seconds, as all times here. */
  readonly everyS: number;
  /** How many are verified at the same time. */
  readonly concurrency: number;
}

export interface Simulated {
  /** Runs in which a request was refused three times: something of them is unknown. */
  readonly blindShare: number;
  /** When the last run of the tick was over, after the tick. */
  readonly overS: number;
}

/** How long a run takes that nobody throttles, and how much later than the tick it may be sent. */
const RUN_S = 2;
const JITTER_S = 30;
const TRIES = 3;

/**
 * One interval of the dispatcher against a quota: every cluster is due at the tick, sent with its jitter, and verified as
 * soon as one of so many workers is free. Requests that find the bucket empty are tried again after one and two seconds.
 */
export function simulate({ clusters, concurrency }: Fleet, quota: Quota, seed: string): Simulated {
  const random = randomOf(seed);
  const sent = Array.from({ length: clusters }, () => random.between(0, JITTER_S)).sort((a, b) => a - b);
  const free = Array.from({ length: Math.min(concurrency, clusters) }, () => 0);
  const taken: number[] = [];
  let blind = 0;
  let overS = 0;
  for (const at of sent) {
    const worker = earliest(free);
    let now = Math.max(at, free[worker] ?? 0);
    const wanted = Math.floor(quota.perRun) + (random.chance(quota.perRun % 1) ? 1 : 0);
    let isBlind = false;
    for (let request = 0; request < wanted; request += 1) {
      const waited = waitFor(taken, quota.rate, now);
      isBlind ||= waited === undefined;
      now += waited ?? TRIES;
    }
    if (isBlind) blind += 1;
    free[worker] = now + RUN_S;
    overS = Math.max(overS, now + RUN_S);
  }
  return { blindShare: blind / clusters, overS };
}

/** So many seconds until a try finds a token; undefined where none of the three does. Buckets hold a second's worth. */
function waitFor(taken: number[], rate: number, at: number): number | undefined {
  for (const wait of [0, 1, 3]) {
    const second = Math.floor(at + wait);
    if ((taken[second] ?? 0) >= rate) continue;
    taken[second] = (taken[second] ?? 0) + 1;
    return wait;
  }
  return undefined;
}

function earliest(free: readonly number[]): number {
  let best = 0;
  for (let index = 1; index < free.length; index += 1) {
    if ((free[index] ?? 0) < (free[best] ?? 0)) best = index;
  }
  return best;
}

/** As few workers as are done within nine tenths of the interval. */
export function concurrencyFor(clusters: number, everyS: number): number {
  return Math.max(1, Math.ceil((clusters * RUN_S) / (everyS * 0.9 - JITTER_S)));
}

/** The most clusters, to within two in a hundred, of which no run is blind for lack of a quota. */
export function mostClusters(quota: Quota, everyS: number): number {
  const isFine = (clusters: number): boolean => {
    const fleet = { clusters, everyS, concurrency: concurrencyFor(clusters, everyS) };
    const { blindShare, overS } = simulate(fleet, quota, `${quota.what} ${clusters}`);
    return blindShare <= 0.001 && overS <= everyS;
  };
  let fine = 1;
  while (isFine(fine * 2) && fine < 1 << 18) fine *= 2;
  let not = fine * 2;
  while (not - fine > Math.max(1, fine / 50)) {
    const middle = Math.floor((fine + not) / 2);
    if (isFine(middle)) fine = middle;
    else not = middle;
  }
  return fine;
}
