import type { Evidence } from '../evidence.ts';
import { type AnyEvidence, type Question, questionKey } from '../question.ts';
import { affected } from '../referrers/affected.ts';
import type { Referrer, ReferrersQuestion } from '../referrers/questions.ts';
import { slowFact } from './slow.ts';
import type { SourcePorts } from './source.ts';

/** People add alarms and rules seldom, and nothing is judged by them. */
const LASTS_MS = 15 * 60_000;

export function isReferrers(question: Question): question is ReferrersQuestion {
  return question.ask === 'referrers';
}

/** Answers who refers to what, from one list that is remembered under `key` for 15 minutes; what was refused is not. */
export async function askReferrers(
  questions: readonly ReferrersQuestion[],
  key: string,
  list: () => Promise<Evidence<readonly Referrer[]>>,
  ports: SourcePorts,
): Promise<readonly (readonly [string, AnyEvidence])[]> {
  if (questions.length === 0) return [];
  const listed = await slowFact(key, ports.clock.now() - LASTS_MS, ports, list);
  return Promise.all(
    questions.map(async (question): Promise<readonly [string, AnyEvidence]> => [
      questionKey(question),
      listed.kind === 'found' ? { ...listed, value: await affected(listed.value, question) } : listed,
    ]),
  );
}
