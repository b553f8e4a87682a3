import type { AnyEvidence } from '../question.ts';
import { SLOW_LASTS_MS, type SourcePorts } from './source.ts';

/**
 * What changes seldom, from memory for half an hour. What is remembered is marked so; before `notBefore` (milliseconds
 * since the epoch) nothing is. Refusals are not remembered.
 */
export async function slowFact(
  key: string,
  notBefore: number,
  { memory: { slow }, clock }: SourcePorts,
  ask: () => Promise<AnyEvidence>,
): Promise<AnyEvidence> {
  const known = slow.get(key);
  if (known && known.at >= Math.max(notBefore, clock.now() - SLOW_LASTS_MS)) {
    return known.evidence.kind === 'found' ? { ...known.evidence, isRemembered: true } : known.evidence;
  }
  const at = clock.now();
  const evidence = await ask();
  if (evidence.kind === 'unavailable') slow.delete(key);
  else slow.set(key, { at, evidence });
  return evidence;
}
