import { found, type Unavailable } from '../evidence.ts';
import type { AnyEvidence, StatisticQuestion } from '../question.ts';
import type { SourcePorts } from '../sources/source.ts';
import { candidatesOf } from './candidates.ts';
import type { CloudWatch } from './client.ts';
import type { Listing } from './listing.ts';
import { type Measure, measureKey, readMeasures, type TimeWindow } from './metric-data.ts';
import {
  type DimensionSet,
  measuresOf,
  type Readings,
  setsByGroup,
  tellSet,
  windowFor,
} from './statistics.ts';

/** A question, and of each of its groups the sets of dimensions that may answer. */
interface Job {
  readonly question: StatisticQuestion;
  readonly groups: readonly (readonly DimensionSet[])[];
  readonly window: TimeWindow;
}

/**
 * Statistics from the sets that are listed: of each group the most fitting one is read, and its others only where that
 * has nothing new to tell. What shares a time is read together.
 */
export async function askStatistics(
  asked: readonly { readonly question: StatisticQuestion; readonly listing: Listing | Unavailable }[],
  open: () => Promise<CloudWatch>,
  ports: SourcePorts,
): Promise<ReadonlyMap<StatisticQuestion, AnyEvidence>> {
  const now = ports.clock.now();
  const answers = new Map<StatisticQuestion, AnyEvidence>();
  const jobs: Job[] = [];
  for (const { question, listing } of asked) {
    const candidates = 'series' in listing ? await candidatesOf(question.of, listing) : listing;
    if ('kind' in candidates) answers.set(question, candidates);
    else jobs.push({ question, groups: setsByGroup(question, candidates), window: windowFor(question, now) });
  }
  const firsts = jobs.map((job) => ({ ...job, groups: job.groups.map((sets) => sets.slice(0, 1)) }));
  const first = await read(firsts, open);
  const others = jobs.map((job, index) => ({
    ...job,
    groups: job.groups.flatMap(([most, ...rest]) =>
      most && tellSet(job.question, most, first[index] ?? NOTHING, job.window, now).isNew ? [] : [rest],
    ),
  }));
  const second = await read(others, open);
  for (const [index, { question, groups, window }] of jobs.entries()) {
    const readings = new Map([...(first[index] ?? NOTHING), ...(second[index] ?? NOTHING)]);
    const trouble = [...readings.values()].find((measured) => measured.trouble)?.trouble;
    const value = groups.flatMap((sets) => {
      const told = sets.map((set) => tellSet(question, set, readings, window, now));
      return (told.find(({ isNew }) => isNew) ?? told.find(({ rows }) => rows.length > 0))?.rows ?? [];
    });
    answers.set(question, trouble ?? found(value, now));
  }
  return answers;
}

const NOTHING: Readings = new Map();

/** What is read of all sets of each job; those whose time ends together share calls. */
async function read(jobs: readonly Job[], open: () => Promise<CloudWatch>): Promise<readonly Readings[]> {
  const shared = [...Map.groupBy(jobs, timeOf)];
  const all = new Map(
    await Promise.all(
      shared.map(async ([time, together]) => [time, await readTogether(together, open)] as const),
    ),
  );
  return jobs.map((job) => {
    const readings = all.get(timeOf(job)) ?? NOTHING;
    const keys = wanted(job).map(measureKey);
    return new Map(keys.flatMap((key) => (readings.has(key) ? [[key, readings.get(key)!] as const] : [])));
  });
}

function timeOf({ window }: Job): string {
  return `${window.periodMs} ${window.to}`;
}

function wanted({ question, groups }: Job): readonly Measure[] {
  return groups.flat().flatMap((set) => measuresOf(question, set));
}

async function readTogether(jobs: readonly Job[], open: () => Promise<CloudWatch>): Promise<Readings> {
  const measures = jobs.flatMap(wanted);
  const [first] = jobs;
  if (!first || measures.length === 0 || first.window.periodMs === 0) return NOTHING;
  const from = Math.min(...jobs.map(({ window }) => window.from));
  return readMeasures(measures, { ...first.window, from }, await open());
}
