import type { Unavailable } from '../evidence.ts';
import type { AnyEvidence, StatisticQuestion } from '../question.ts';
import type { SourcePorts } from '../sources/source.ts';
import { candidatesOf } from './candidates.ts';
import type { CloudWatch } from './client.ts';
import type { Listing } from './listing.ts';
import { readMeasures, type TimeWindow } from './metric-data.ts';
import {
  type DimensionSet,
  measuresOf,
  type Readings,
  setsOf,
  statisticOf,
  windowFor,
} from './statistics.ts';

/** A question and the sets of dimensions that it is asked of. */
interface Job {
  readonly question: StatisticQuestion;
  readonly sets: readonly DimensionSet[];
  readonly window: TimeWindow;
}

/**
 * Statistics from the sets that are listed: of each question the most fitting one is read, and all the others only where
 * that has nothing to tell. What shares a time is read together.
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
    else jobs.push({ question, sets: setsOf(question, candidates), window: windowFor(question, now) });
  }
  const firsts = jobs.map((job) => ({ ...job, sets: job.sets.slice(0, 1) }));
  await answer(firsts, answers, open, ports);
  const empty = jobs.filter(({ question, sets }) => sets.length > 1 && isEmpty(answers.get(question)));
  await answer(
    empty.map((job) => ({ ...job, sets: job.sets.slice(1) })),
    answers,
    open,
    ports,
  );
  return answers;
}

function isEmpty(evidence: AnyEvidence | undefined): boolean {
  return evidence?.kind === 'found' && Array.isArray(evidence.value) && evidence.value.length === 0;
}

/** Reads all sets of the jobs, and answers each with the first that has something to tell. */
async function answer(
  jobs: readonly Job[],
  answers: Map<StatisticQuestion, AnyEvidence>,
  open: () => Promise<CloudWatch>,
  ports: SourcePorts,
): Promise<void> {
  const now = ports.clock.now();
  const shared = Map.groupBy(jobs, ({ window }) => `${window.periodMs} ${window.to}`);
  await Promise.all(
    [...shared.values()].map(async (together) => {
      const { readings, window } = await read(together, open);
      for (const { question, sets } of together) {
        const told = sets.map((set) => statisticOf(question, set, readings, window, now));
        const nothing: AnyEvidence = { kind: 'found', value: [], at: now, partial: false };
        answers.set(question, told.find((evidence) => !isEmpty(evidence)) ?? nothing);
      }
    }),
  );
}

async function read(
  jobs: readonly Job[],
  open: () => Promise<CloudWatch>,
): Promise<{ readonly readings: Readings; readonly window: TimeWindow }> {
  const measures = jobs.flatMap(({ question, sets }) => sets.flatMap((set) => measuresOf(question, set)));
  const [first] = jobs;
  const window = {
    periodMs: first?.window.periodMs ?? 0,
    to: first?.window.to ?? 0,
    from: Math.min(...jobs.map((job) => job.window.from)),
  };
  if (measures.length === 0) return { readings: new Map(), window };
  return { readings: await readMeasures(measures, window, await open()), window };
}
