import { type Absent, type Unavailable, unavailable } from '../evidence.ts';
import { readAnswer } from '../promql/answers.ts';
import { askInBatches } from '../promql/batch.ts';
import { instantQuery, type PromqlEndpoint } from '../promql/client.ts';
import { promql } from '../promql/questions.ts';
import { type AnyEvidence, questionKey } from '../question.ts';
import type { Source, SourcePorts } from './source.ts';

/** A source over any Prometheus-compatible query API. `open` finds the endpoint when the first question is asked. */
export function promqlSource(
  open: () => Promise<PromqlEndpoint | Absent | Unavailable>,
  ports: SourcePorts,
): Source {
  return {
    text: (question) => (question.ask === 'keySets' ? NO_KEY_SETS.detail : promql(question)),
    async ask(questions) {
      const endpoint = await open();
      const evidence = new Map<string, AnyEvidence>();
      if ('kind' in endpoint) {
        for (const question of questions) evidence.set(questionKey(question), endpoint);
        return evidence;
      }
      const metricQuestions = questions.filter((question) => question.ask !== 'keySets');
      const answers = await askInBatches(metricQuestions.map(promql), {
        expensive: ports.memory.expensive,
        query: (query, alone) => instantQuery(query, patience(ports, alone), endpoint, ports),
      });
      for (const question of questions) {
        if (question.ask === 'keySets') {
          evidence.set(questionKey(question), NO_KEY_SETS);
          continue;
        }
        const rows = answers.get(promql(question));
        if (rows) evidence.set(questionKey(question), readAnswer(question, rows));
      }
      return evidence;
    },
  };
}

/** The configuration refuses `dimensions` on these planes; this stands in case it ever does not. */
const NO_KEY_SETS = unavailable('rejected', 'Prometheus is not asked for sets of label names');

/** A batch may use half of the time that is left, so that its halves can still be asked; a lone question all of it. */
function patience({ deadline, clock }: SourcePorts, alone: boolean): number {
  const leftMs = deadline - clock.now() - 500;
  return Math.max(1, alone ? leftMs : leftMs / 2);
}
