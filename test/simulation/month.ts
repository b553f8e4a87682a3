import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished, vi } from 'vitest';
import { startAmp } from '../../rehearsal/amp.ts';
import { startCloudWatch } from '../../rehearsal/cloudwatch.ts';
import { createMetricStore } from '../../rehearsal/metric-store.ts';
import { simulatedClock } from './clock.ts';
import { plannedClusters, workspaceOf } from './config.ts';
import { type EksCluster, startEksCluster } from '../../rehearsal/pipelines/eks-cluster.ts';
import { type Fate, fatesOf, UNDISTURBED } from './fates.ts';
import { openFaults } from './faults.ts';
import { outageKinds } from './outages.ts';
import { type Outage, planOutages, schedule } from './plan.ts';
import { randomOf } from '../../rehearsal/random.ts';
import { openRuns, type Told } from './runs.ts';
import { workspaceStorage } from './workspace.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const START = Date.parse('2026-11-02T00:00:00Z');
const TICK_MS = 5 * MINUTE_MS;
const CREDENTIALS = { accessKeyId: 'AKIASIMULATION', secretAccessKey: 'a-secret-of-the-simulation' };
const REGION = 'eu-west-1';

/** When an outage begins and ends, in hours from the beginning. */
export interface NamedOutage {
  readonly kind: string;
  readonly cluster: string;
  readonly hours: readonly [begin: number, end: number];
}

export interface MonthSettings {
  readonly seed: string;
  readonly days: number;
  /** How many, of any kind at any time; or just these. */
  readonly outages: number | readonly NamedOutage[];
  readonly clusters: readonly [string, ...string[]];
  /** Whether clusters, networks and deliveries behave as they do: healthy, but never quite still. */
  readonly isNoisy?: boolean;
}

/** A world that is set up, and not yet watched. */
export interface Month {
  readonly outages: readonly Outage[];
  readonly told: readonly Told[];
  /** Watches tick after tick until so many hours from the beginning. */
  watch(untilHour: number): Promise<void>;
  /** Channels that take nothing for now. */
  readonly down: Set<string>;
  readonly deny: () => void;
  readonly allow: () => void;
  readonly figures: () => Figures;
  /** Signals of which anything is still remembered. */
  readonly remembered: () => Promise<readonly string[]>;
}

interface Figures {
  readonly runs: number;
  readonly confirmations: number;
  readonly requests: number;
  readonly failedRequests: number;
  readonly verdicts: Readonly<Record<string, number>>;
}

/** The simulated account, what happens to it, and what watches it. Closed when the test is over. */
export async function startMonth(settings: MonthSettings): Promise<Month> {
  const { seed, days, clusters, isNoisy = true } = settings;
  const random = randomOf(seed);
  const stretch = { start: START, days };
  const clock = simulatedClock(START);
  const outages =
    typeof settings.outages === 'number'
      ? planOutages(settings.outages, clusters, stretch, random)
      : settings.outages.map(named);
  const estates = clusters.map((name) =>
    startEksCluster(name, START - 26 * HOUR_MS, randomOf(`${seed} ${name}`)),
  );
  for (const estate of estates) {
    schedule(estate, outages, { ...stretch, isNoisy }, randomOf(`${seed} what happens in ${estate.name}`));
  }
  const faults = openFaults(seed, clock, isNoisy);
  const { amp, cloudWatch } = await startPlanes(estates, { clock, faults, seed, isNoisy });
  const ticks = (days * 24 * HOUR_MS) / TICK_MS;
  const fates: readonly Fate[] = isNoisy ? fatesOf(ticks, random) : [];
  const directory = await mkdtemp(join(tmpdir(), 'plumbline-simulation-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const runs = openRuns({
    clock,
    directory,
    planned: await plannedClusters(clusters),
    faults,
    credentials: CREDENTIALS,
    random: randomOf(`${seed} confirmations`),
  });
  let next = 0;
  const at = (tick: number): number => START + tick * TICK_MS;
  return {
    outages,
    told: runs.told,
    down: runs.down,
    remembered: runs.remembered,
    watch: async (untilHour) => {
      for (; at(next) < START + untilHour * HOUR_MS; next += 1) {
        await runs.tick(next, at(next), fates[next] ?? UNDISTURBED);
      }
    },
    deny: () => {
      amp.deny('aps:QueryMetrics');
      cloudWatch.deny('cloudwatch:GetMetricData');
    },
    allow: () => {
      amp.allow('aps:QueryMetrics');
      cloudWatch.allow('cloudwatch:GetMetricData');
    },
    figures: () => ({
      ...runs.figures(),
      requests: faults.requests,
      failedRequests: faults.failed,
    }),
  };
}

function named({ kind: name, cluster, hours: [begin, end] }: NamedOutage): Outage {
  const kind = outageKinds.find((one) => one.name === name);
  if (!kind) throw new Error(`there is no outage called ${name}`);
  return { kind, cluster, begin: START + begin * HOUR_MS, end: START + end * HOUR_MS };
}

interface PlaneSettings {
  readonly clock: ReturnType<typeof simulatedClock>;
  readonly faults: ReturnType<typeof openFaults>;
  readonly seed: string;
  readonly isNoisy: boolean;
}

async function startPlanes(estates: readonly EksCluster[], { clock, faults, seed, isNoisy }: PlaneSettings) {
  const common = { clock, region: REGION, credentials: [CREDENTIALS] };
  /** From hour to hour, or every ten minutes, another number. */
  const drawn = (what: string, everyMs: number, high: number): number =>
    isNoisy ? randomOf(`${seed} ${what} ${Math.floor(clock.now() / everyMs)}`).between(0, high) : 0;
  const amp = await startAmp({
    ...common,
    interfere: faults.amp,
    workspaces: new Map(
      estates.map((estate) => {
        const lag = (): number => drawn(`lag ${estate.name}`, 10 * MINUTE_MS, 60_000);
        return [workspaceOf(estate.name), workspaceStorage(estate, clock, lag)];
      }),
    ),
  });
  const cloudWatch = await startCloudWatch({
    ...common,
    store: createMetricStore(...estates.map(({ emf }) => emf)),
    interfere: faults.cloudWatch,
    statusOf: faults.statusOf,
    get listedAfter() {
      return Math.round(15 - drawn('listed', HOUR_MS, 13));
    },
  });
  onTestFinished(async () => {
    vi.unstubAllEnvs();
    await Promise.all([amp.close(), cloudWatch.close()]);
  });
  vi.stubEnv('AWS_ENDPOINT_URL_AMP', amp.url);
  vi.stubEnv('AWS_ENDPOINT_URL_CLOUDWATCH', cloudWatch.url);
  return { amp, cloudWatch };
}
