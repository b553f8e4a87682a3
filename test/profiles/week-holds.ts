import { expect, test } from 'vitest';
import type { Standing } from '../../rehearsal/pipelines/index.ts';
import { CHANNELS, type Told } from '../simulation/runs.ts';
import { startWeek, type Week } from './week.ts';

const PATIENCE_MS = 30 * 60_000;
/** Hours. The pipelines break one after the other: where many break at once, that is told as one storm. */
const APART = 1 / 12;
const LASTS = 0.75;
const AFTERMATH = 0.5;

/** What must be told of each pipeline of which nothing arrives any more. */
const SIGNALS: Readonly<Record<Standing['profile'], readonly string[]>> = {
  'eks-adot-amp': ['pod-labels', 'scrape-canary', 'slow-jobs', 'targets'],
  'eks-adot-cloudwatch': ['collector-metrics', 'log-events'],
  'eks-container-insights': ['cluster', 'log-events', 'nodes', 'pods'],
  'app-sidecar-emf': ['application-metrics', 'log-events'],
  'ecs-cloudmap-amp': ['application-metrics', 'scrape-canary', 'task-metrics'],
  'ecs-fargate-sidecar': ['application-metrics', 'task-metrics'],
  'kyma-cloudwatch': ['application-metrics', 'collector-metrics', 'logs', 'traces'],
  'local-prometheus': ['scrapes'],
};

export interface Length {
  readonly hours: number;
  readonly firstHour?: number;
  /** More that happens while all is well. */
  readonly busy?: (week: Week) => void;
}

/** The sentence about a healthy time, and that each pipeline is heard of when it breaks. SIMULATION_SEED repeats one. */
export function weekHolds({ hours, firstHour = 0, busy }: Length): void {
  const seed = process.env['SIMULATION_SEED'] ?? 'plumbline';
  test(
    `${hours} healthy hours of every profile are silent, and then each break and its end are told (seed ${seed})`,
    { timeout: PATIENCE_MS },
    async () => {
      const week = await startWeek(seed, { hours, firstHour });
      busy?.(week);
      await week.watch(hours);
      expect(week.told.map(inShort)).toEqual([]);
      console.log(JSON.stringify(week.figures()));
      for (const [index, { cluster, estate }] of week.standing.entries()) {
        week.plan(cluster, hours + index * APART, estate.outage.begin);
        week.plan(cluster, hours + index * APART + LASTS, estate.outage.end);
      }
      await week.watch(hours + week.standing.length * APART + LASTS + AFTERMATH);
      for (const standing of week.standing) {
        for (const channel of CHANNELS)
          expect(heardOf(standing, channel, week.told)).toEqual(asItIs(standing));
      }
      expect(await week.remembered()).toEqual([]);
    },
  );
}

const asItIs = ({ profile }: Standing) => {
  const signals = SIGNALS[profile];
  return { profile, first: 'opened', last: 'recovered', told: signals, recovered: signals, incidents: 1 };
};

/** What a channel was told of one cluster, from the first to the last. */
function heardOf({ profile, cluster }: Standing, channel: string, told: readonly Told[]) {
  const messages = told
    .filter((one) => one.channel === channel && one.message.clusters.includes(cluster))
    .map(({ message }) => message);
  const over = messages.flatMap((message) => message.over);
  return {
    profile,
    first: messages[0]?.reason,
    last: messages.at(-1)?.reason,
    told: distinct(messages.flatMap(({ entries }) => entries.map(({ name }) => name))),
    recovered: distinct(
      over.flatMap(({ what, signals }) =>
        what === 'recovered' ? signals.split(', ') : [`${what} ${signals}`],
      ),
    ),
    incidents: new Set(messages.flatMap(({ incidents }) => incidents.map(({ key }) => key))).size,
  };
}

function distinct(names: readonly string[]): readonly string[] {
  return [...new Set(names)].sort((a, b) => (a < b ? -1 : 1));
}

function inShort({ at, message }: Told): string {
  const entries = message.entries.map(({ name, findings }) => {
    const found = findings.map((one) => `${one.expectation} ${one.subject} (${one.observed})`);
    return `${name}: ${found.join('; ')}`;
  });
  const blind = message.blind.map(({ signals, reason }) => `${signals}: ${reason}`);
  return `${new Date(at).toISOString()} ${message.title} | ${[...entries, ...blind].join(' | ')}`;
}
