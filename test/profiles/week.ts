import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished, vi } from 'vitest';
import type { PlannedCluster } from '../../lib/plan.ts';
import { CREDENTIALS, openAccount } from '../../rehearsal/account.ts';
import { plannedIn } from '../../rehearsal/configuration.ts';
import { type Standing, startEvery } from '../../rehearsal/pipelines/index.ts';
import { randomOf } from '../../rehearsal/random.ts';
import { emptyWorld, type World } from '../../rehearsal/world.ts';
import { simulatedClock, type SimulatedClock } from '../simulation/clock.ts';
import { UNDISTURBED } from '../simulation/fates.ts';
import { openFaults } from '../simulation/faults.ts';
import { openRuns, type Told } from '../simulation/runs.ts';
import { daysOf, openAgenda } from './happenings.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const TICK_MS = 5 * MINUTE_MS;
const START = Date.parse('2026-11-02T00:00:00Z');
/** How long a cluster is looked at every five minutes after something happened to it; else it is every quarter of an hour. */
const WATCHED_MS = 40 * MINUTE_MS;
const SELDOM = 3;
/** At the end all is settled. */
const SETTLED_MS = HOUR_MS;
/** Batches of a minute, and queues. */
const MOST_LAG_MS = 75_000;

export interface Week {
  readonly standing: readonly Standing[];
  readonly told: readonly Told[];
  /** All clusters are watched until that hour from the beginning; healthy things happen meanwhile. */
  readonly watch: (untilHour: number) => Promise<void>;
  /** Something more happens to a cluster, at an hour that is still to come. */
  readonly plan: (cluster: string, hour: number, happen: (at: number) => void) => void;
  /** Names of the signals of which anything is still remembered. */
  readonly remembered: () => Promise<readonly string[]>;
  readonly figures: () => object;
}

/**
 * The eight pipelines in one account, and what healthy weeks bring, through the alerting path: `watch()` with its memory
 * and channels, each cluster by the profile of its pipeline. It begins at `firstHour` of a day; what days bring
 * happens by itself, where it lasts one.
 */
export async function startWeek(
  seed: string,
  { hours, firstHour }: { readonly hours: number; readonly firstHour: number },
): Promise<Week> {
  const begin = START + firstHour * HOUR_MS;
  const clock = datedClock(begin);
  const world = emptyWorld();
  const standing = startEvery(world, START - 3 * DAY_MS);
  const agenda = openAgenda();
  const settled = begin + hours * HOUR_MS - SETTLED_MS;
  const days = hours < 24 ? 0 : Math.ceil((firstHour + hours) / 24);
  for (const { cluster, estate } of standing) {
    const all = daysOf(estate, START, days, randomOf(`${seed} ${cluster}`));
    agenda.add(
      cluster,
      all.filter(({ at }) => begin <= at && at < settled),
    );
  }
  const planned = await shown(world, clock, seed);
  const runs = await startRuns(planned, clock, seed);
  const dueAt = (at: number, tick: number): readonly PlannedCluster[] =>
    planned.filter(
      ({ name }, index) => at - agenda.lastOf(name) <= WATCHED_MS || (tick + index) % SELDOM === 0,
    );
  let next = 0;
  return {
    standing,
    told: runs.told,
    remembered: runs.remembered,
    figures: () => ({ ...runs.figures(), happened: Object.fromEntries(agenda.counts) }),
    plan: (cluster, hour, happen) => {
      const at = begin + hour * HOUR_MS;
      agenda.add(cluster, [{ at, what: 'planned', happen: () => happen(at) }]);
    },
    watch: async (untilHour) => {
      for (; next * TICK_MS < untilHour * HOUR_MS; next += 1) {
        const at = begin + next * TICK_MS;
        agenda.pass(at);
        await runs.tick(next, at, UNDISTURBED, dueAt(at, next));
      }
    },
  };
}

/** Opens the account until the test is over. Its clusters, as they are configured. */
async function shown(world: World, clock: SimulatedClock, seed: string): Promise<readonly PlannedCluster[]> {
  const lagMs = (workspace: string): number => {
    const epoch = Math.floor(clock.now() / (10 * MINUTE_MS));
    return randomOf(`${seed} lag ${workspace} ${epoch}`).between(0, MOST_LAG_MS);
  };
  const account = await openAccount(world, { clock, lagMs });
  onTestFinished(async () => {
    vi.unstubAllEnvs();
    await account.close();
  });
  for (const [name, url] of Object.entries(account.environment)) vi.stubEnv(name, url);
  return plannedIn('pipelines.yaml', { PROMETHEUS_URL: account.prometheus.url });
}

async function startRuns(planned: readonly PlannedCluster[], clock: SimulatedClock, seed: string) {
  const directory = await mkdtemp(join(tmpdir(), 'plumbline-week-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return openRuns({
    clock,
    directory,
    planned,
    faults: openFaults(seed, clock, false),
    credentials: CREDENTIALS,
    random: randomOf(`${seed} confirmations`),
  });
}

/** The simulated clock is the machine's too: the SDK signs by that. */
function datedClock(start: number): SimulatedClock {
  const clock = simulatedClock(start);
  vi.useFakeTimers({ toFake: ['Date'], now: start });
  onTestFinished(() => {
    vi.useRealTimers();
  });
  return {
    ...clock,
    moveTo: (at) => {
      clock.moveTo(at);
      vi.setSystemTime(clock.now());
    },
  };
}
