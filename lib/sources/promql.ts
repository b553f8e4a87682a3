import type { Absent, Unavailable } from '../evidence.ts';
import { readAnswer } from '../promql/answers.ts';
import { askInBatches } from '../promql/batch.ts';
import { instantQuery, type PromqlEndpoint } from '../promql/client.ts';
import { probeQuery } from '../probe/promql.ts';
import type { ProbeQuestion } from '../probe/question.ts';
import { promql } from '../promql/questions.ts';
import {
  type AnyEvidence,
  isAboutSeries,
  type MetricQuestion,
  type Question,
  questionKey,
} from '../question.ts';
import { notKnownHere, type Source, type SourcePorts } from './source.ts';

/** A source over any Prometheus-compatible query API. `open` finds the endpoint when the first question is asked. */
export function promqlSource(
  open: () => Promise<PromqlEndpoint | Absent | Unavailable>,
  ports: SourcePorts,
): Source {
  return {
    text: (question) => {
      if (question.ask === 'probe') return probeQuery(question);
      return isOfMetrics(question) ? promql(question) : question.ask;
    },
    async ask(questions) {
      const endpoint = await open();
      const evidence = new Map<string, AnyEvidence>();
      if ('kind' in endpoint) {
        for (const question of questions) evidence.set(questionKey(question), endpoint);
        return evidence;
      }
      const metricQuestions = questions.filter(isOfMetrics);
      const probes = endpoint.write ? questions.filter(isProbe) : [];
      const [answers, probed] = await Promise.all([
        askInBatches(metricQuestions.map(promql), {
          expensive: ports.memory.expensive,
          query: (query, alone) => instantQuery(query, patience(ports, alone), endpoint, ports),
        }),
        probe(probes, endpoint, ports),
      ]);
      for (const [key, answer] of probed) evidence.set(key, answer);
      const others = questions.filter((one) => !isOfMetrics(one) && !(endpoint.write && isProbe(one)));
      for (const [key, answer] of notKnownHere(others)) evidence.set(key, answer);
      for (const question of metricQuestions) {
        const rows = answers.get(promql(question));
        if (rows) evidence.set(questionKey(question), readAnswer(question, rows));
      }
      return evidence;
    },
  };
}

/** What writes is loaded by those who have a probe. */
async function probe(
  questions: readonly ProbeQuestion[],
  { write, ...endpoint }: PromqlEndpoint,
  ports: SourcePorts,
): Promise<readonly [string, AnyEvidence][]> {
  if (questions.length === 0 || !write) return [];
  const { probeByRemoteWrite } = await import('../probe/remote-write.ts');
  return probeByRemoteWrite(questions, { ...endpoint, write }, ports);
}

function isProbe(question: Question): question is ProbeQuestion {
  return question.ask === 'probe';
}

function isOfMetrics(question: Question): question is MetricQuestion {
  return isAboutSeries(question) && question.ask !== 'keySets';
}

/** A batch may use half of the time that is left, so that its halves can still be asked; a lone question all of it. */
function patience({ deadline, clock }: SourcePorts, alone: boolean): number {
  const leftMs = deadline - clock.now() - 500;
  return Math.max(1, alone ? leftMs : leftMs / 2);
}
