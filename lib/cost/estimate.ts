import type { Cost, RequestCost } from './cost.ts';
import { LISTING_LASTS_MS } from '../cloudwatch/listing.ts';
import { SLOW_LASTS_MS } from '../sources/source.ts';
import { dollarsFor, HOURS_PER_MONTH, own, type Price, priceOf, PRICES_ARE_OF } from './prices.ts';
import { nothing, type Tally } from './tally.ts';

const HOUR_MS = 3_600_000;
const MONTH_MS = HOURS_PER_MONTH * HOUR_MS;

/** What runs of one cluster asked, each run whole. */
export interface CountedCluster {
  readonly cluster: string;
  readonly signals: number;
  /** Custom metrics in CloudWatch that its probes write. */
  readonly probeMetrics?: number;
  /** How often it is verified. Milliseconds. */
  readonly everyMs: number;
  /** With nothing remembered. */
  readonly cold: readonly Tally[];
  /** With everything remembered that the run before left. */
  readonly warm: readonly Tally[];
  /** The same, with lists that have grown too old. */
  readonly listing: readonly Tally[];
  /** The same, with slow facts that have grown too old. */
  readonly slow: readonly Tally[];
}

/**
 * What counted runs come to in a month of 730 hours, by list prices before any free tier: every run is warm, and as often as
 * lists and slow facts grow too old one asks what it then asks more.
 */
export function estimate(counted: readonly CountedCluster[]): Cost {
  const clusters = counted.map(clusterCost);
  const ownCosts = ownCost(counted);
  return {
    prices: { ...PRICES_ARE_OF, freeTiers: false },
    hoursPerMonth: HOURS_PER_MONTH,
    clusters,
    own: ownCosts,
    dollarsPerMonth: sum([...clusters, ...ownCosts]),
    notKnown: notKnown(clusters.flatMap(({ requests }) => requests)),
  };
}

function clusterCost({
  cluster,
  everyMs,
  cold,
  warm,
  listing,
  slow,
}: CountedCluster): Cost['clusters'][number] {
  const requests = named([warm, listing, slow]).map(({ plane, action }): RequestCost => {
    const find = (tallies: readonly Tally[]): Tally =>
      tallies.find((one) => one.plane === plane && one.action === action) ?? nothing(plane, action);
    const now = find(warm);
    const refreshed = [
      { tally: find(listing), lastsMs: LISTING_LASTS_MS },
      { tally: find(slow), lastsMs: SLOW_LASTS_MS },
    ];
    /** Of every run, and what the runs that refresh ask more. */
    const monthly = (of: (tally: Tally) => number): number =>
      (of(now) * MONTH_MS) / everyMs +
      refreshed
        .map(
          ({ tally, lastsMs }) => (Math.max(0, of(tally) - of(now)) * MONTH_MS) / Math.max(everyMs, lastsMs),
        )
        .reduce((a, b) => a + b, 0);
    const price = priceOf(plane, action);
    const isTold = isAllTold([now, ...refreshed.map(({ tally }) => tally)]);
    const units = price && unitsOf(price, isTold);
    const unitsPerMonth = units ? monthly(units) : null;
    return {
      plane: plane ?? null,
      action,
      requestsPerRun: now.requests,
      requestsPerMonth: rounded(monthly((tally) => tally.requests)),
      unit: price?.unit ?? null,
      unitsPerMonth: unitsPerMonth === null ? null : rounded(unitsPerMonth),
      dollarsPerMonth: price && unitsPerMonth !== null ? cents(dollarsFor(price, unitsPerMonth)) : null,
    };
  });
  return {
    cluster,
    everySeconds: everyMs / 1000,
    runsPerMonth: rounded(MONTH_MS / everyMs),
    coldStartRequests: Math.max(0, requestsOf(cold) - requestsOf(warm)),
    requests,
    dollarsPerMonth: sum(requests),
  };
}

/** How many of a price's unit a tally has; undefined where answers did not tell. */
function unitsOf({ unit }: Price, isTold: boolean): ((tally: Tally) => number) | undefined {
  if (unit === 'requests') return ({ requests }) => requests;
  if (unit === 'metrics') return ({ metrics }) => metrics;
  return isTold ? ({ units }) => units : undefined;
}

function isAllTold(tallies: readonly Tally[]): boolean {
  return tallies.every(({ untold }) => untold === 0) && tallies.some(({ told }) => told > 0);
}

/** What has no price in the table, and what answers do not tell: each with the APIs concerned. */
function notKnown(requests: readonly RequestCost[]): string[] {
  const open = requests.filter(({ dollarsPerMonth }) => dollarsPerMonth === null);
  const why = ({ unit }: RequestCost): string =>
    unit === null ? 'no price is listed for' : `answers do not tell how many ${unit}`;
  return [...Map.groupBy(open, why)].map(([reason, some]) => {
    const apis = new Set(some.map(({ action }) => action));
    return `${reason}: ${[...apis].sort().join(', ')}`;
  });
}

/** Every API that any of these runs asked, once, in the order of the planes and then of the names. */
function named(runs: readonly (readonly Tally[])[]): readonly Pick<Tally, 'plane' | 'action'>[] {
  const all = new Map(
    runs.flat().map(({ plane, action }) => [JSON.stringify([plane ?? '', action]), { plane, action }]),
  );
  return [...all].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one);
}

function requestsOf(tallies: readonly Tally[]): number {
  return tallies.reduce((total, { requests }) => total + requests, 0);
}

/** As `serverless.yml` deploys it; everything that cannot be counted here is an assumption, and told. */
const MEMORY_GB = 0.5;
const SECONDS = 2;
/** Those that always report, of all clusters together: docs/health.md. */
const STAGE_METRICS = 3;
const KB = { run: 1.5, cluster: 0.5, signal: 0.4 };

/** What Plumbline itself runs on, for one schedule that verifies all clusters as often as the most frequent. */
function ownCost(counted: readonly CountedCluster[]): Cost['own'] {
  const runs = MONTH_MS / Math.min(...counted.map(({ everyMs }) => everyMs));
  const clusters = counted.length;
  const signals = counted.reduce((total, one) => total + one.signals, 0);
  const reads = 2 + 3 * clusters;
  const writes = 2 * clusters;
  const metrics = STAGE_METRICS + clusters;
  const probeMetrics = counted.reduce((total, one) => total + (one.probeMetrics ?? 0), 0);
  const kilobytes = KB.run + KB.cluster * clusters + KB.signal * signals;
  const row = (what: string, assuming: string, dollarsPerMonth: number) => ({
    what,
    assuming,
    dollarsPerMonth: cents(dollarsPerMonth),
  });
  return [
    row(
      'Lambda',
      `${MEMORY_GB * 1024} MB for ${SECONDS} s a run`,
      dollarsFor(own.lambdaTime, runs * MEMORY_GB * SECONDS) + dollarsFor(own.lambdaRequests, runs),
    ),
    row('EventBridge Scheduler', 'one call a run', dollarsFor(own.schedule, runs)),
    row(
      'DynamoDB',
      `${writes} write and ${reads} read units a run`,
      dollarsFor(own.tableWrites, runs * writes) + dollarsFor(own.tableReads, runs * reads),
    ),
    row(
      'health metrics',
      `${metrics} that always report, while nothing fails`,
      dollarsFor(own.customMetrics, metrics),
    ),
    ...(probeMetrics === 0
      ? []
      : [row('probe metrics', `${probeMetrics} in CloudWatch`, dollarsFor(own.customMetrics, probeMetrics))]),
    row('logs', `${rounded(kilobytes)} KB a run`, dollarsFor(own.logs, (runs * kilobytes) / 1e6)),
  ];
}

function sum(parts: readonly { readonly dollarsPerMonth: number | null }[]): number {
  return cents(parts.reduce((total, { dollarsPerMonth }) => total + (dollarsPerMonth ?? 0), 0));
}

/** To a ten-thousandth of a cent: below it is noise. */
function cents(dollars: number): number {
  return Number(dollars.toFixed(6));
}

function rounded(number: number): number {
  return Number(number.toFixed(1));
}
