import type { Absent, Unavailable } from '../evidence.ts';
import { readAnswer } from '../promql/answers.ts';
import { askInBatches } from '../promql/batch.ts';
import { instantQuery, type PromqlServer } from '../promql/client.ts';
import { probeQuery } from '../probe/promql.ts';
import type { ProbeQuestion } from '../probe/question.ts';
import type { OwnQuestion } from '../promql/own.ts';
import { keySetQueries } from '../promql/key-sets.ts';
import { labelNames } from '../promql/label-names.ts';
import { liveSelection, promql, type PromqlQuestion } from '../promql/questions.ts';
import {
  type AnyEvidence,
  isAboutSeries,
  type KeySetCountsQuestion,
  type Question,
  questionKey,
} from '../question.ts';
import type { ReferrersQuestion } from '../referrers/questions.ts';
import { isReferrers } from './referrers.ts';
import { notKnownHere, type Source, type SourcePorts } from './source.ts';

/**
 * A source over any Prometheus-compatible query API. `open` finds the endpoint when the first question is asked; `referrers`
 * answers who refers to a metric, where the plane can tell.
 */
export function promqlSource(
  open: () => Promise<PromqlServer | Absent | Unavailable>,
  ports: SourcePorts,
  referrers?: (
    questions: readonly ReferrersQuestion[],
  ) => Promise<readonly (readonly [string, AnyEvidence])[]>,
): Source {
  /** How key sets were last asked for, for people to repeat. */
  const keySetTexts = new Map<string, string>();
  let renewedAt = Number.NEGATIVE_INFINITY;
  return {
    text: (question) => {
      if (question.ask === 'probe') return probeQuery(question);
      if (question.ask === 'keySetCounts')
        return (
          keySetTexts.get(questionKey(question)) ?? `count(${liveSelection(question.of, question.freshMs)})`
        );
      return isPromql(question) ? promql(question) : question.ask;
    },
    renew: () => {
      renewedAt = ports.clock.now();
    },
    async ask(questions) {
      const endpoint = await open();
      const evidence = new Map<string, AnyEvidence>();
      if ('kind' in endpoint) {
        for (const question of questions) evidence.set(questionKey(question), endpoint);
        return evidence;
      }
      const known = questions.filter(isPromql);
      const by = (asking: SourcePorts) => (text: string, alone: boolean) =>
        instantQuery(text, patience(asking, alone), endpoint, asking);
      const { expensive } = ports.memory;
      // What users write may be refused, large or slow: it shares no request with what Plumbline asks itself, and leaves
      // time for what that has to ask further.
      const [own, ours] = [known.filter(isOwn), known.filter((question) => !isOwn(question))];
      const keySets = await keySetQueries(questions.filter(isKeySetCounts), ({ of, freshMs }) =>
        labelNames(of, freshMs, renewedAt, endpoint.labels, aQuarterOfTheTime(ports)),
      );
      const probes = endpoint.write ? questions.filter(isProbe) : [];
      const referring = referrers ? questions.filter(isReferrers) : [];
      const [probed, referred, answersToOwn, answers] = await Promise.all([
        probe(probes, endpoint, ports),
        referrers?.(referring) ?? [],
        askInBatches(own.map(promql), { expensive, query: by(halfTheTime(ports)) }),
        askInBatches([...ours.map(promql), ...textsOf(keySets)], { expensive, query: by(ports) }),
      ]);
      for (const [key, answer] of [...probed, ...referred]) evidence.set(key, answer);
      for (const [key, query] of keySets) {
        evidence.set(key, 'kind' in query ? query : query.read(answers.get(query.text)));
        if (!('kind' in query)) keySetTexts.set(key, query.text);
      }
      const others = questions.filter(
        (one) =>
          !isPromql(one) &&
          !isKeySetCounts(one) &&
          !(endpoint.write && isProbe(one)) &&
          !(referrers && isReferrers(one)),
      );
      for (const [key, answer] of notKnownHere(others)) evidence.set(key, answer);
      for (const [some, rowsBy] of [
        [own, answersToOwn],
        [ours, answers],
      ] as const) {
        for (const question of some) {
          const rows = rowsBy.get(promql(question));
          if (rows) evidence.set(questionKey(question), readAnswer(question, rows));
        }
      }
      return evidence;
    },
  };
}

/** What writes is loaded by those who have a probe. */
async function probe(
  questions: readonly ProbeQuestion[],
  { write, ...endpoint }: PromqlServer,
  ports: SourcePorts,
): Promise<readonly [string, AnyEvidence][]> {
  if (questions.length === 0 || !write) return [];
  const { probeByRemoteWrite } = await import('../probe/remote-write.ts');
  return probeByRemoteWrite(questions, { ...endpoint, write }, ports);
}

function isProbe(question: Question): question is ProbeQuestion {
  return question.ask === 'probe';
}

function isPromql(question: Question): question is PromqlQuestion {
  if (question.ask === 'statistic') return !question.statistic.startsWith('p');
  if (isAboutSeries(question)) return question.ask !== 'keySets' && question.ask !== 'keySetCounts';
  return question.ask === 'targets' || isOwn(question);
}

function isKeySetCounts(question: Question): question is KeySetCountsQuestion {
  return question.ask === 'keySetCounts';
}

function textsOf(queries: Awaited<ReturnType<typeof keySetQueries>>): readonly string[] {
  return [...queries.values()].flatMap((query) => ('text' in query ? [query.text] : []));
}

function isOwn(question: Question): question is OwnQuestion {
  return question.ask === 'promql';
}

function halfTheTime(ports: SourcePorts): SourcePorts {
  return partOfTheTime(ports, 2);
}

/** Everything else waits for it, so that it can be asked together. */
function aQuarterOfTheTime(ports: SourcePorts): SourcePorts {
  return partOfTheTime(ports, 4);
}

function partOfTheTime(ports: SourcePorts, divisor: number): SourcePorts {
  const now = ports.clock.now();
  return { ...ports, deadline: now + (ports.deadline - now) / divisor };
}

/** A batch may use half of the time that is left, so that its halves can still be asked; a lone question all of it. */
function patience({ deadline, clock }: SourcePorts, alone: boolean): number {
  const leftMs = deadline - clock.now() - 500;
  return Math.max(1, alone ? leftMs : leftMs / 2);
}
