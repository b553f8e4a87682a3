import type { Evidence } from '../evidence.ts';
import { SLOW_LASTS_MS, type SourcePorts } from './source.ts';

/**
 * What changes seldom, from memory for half an hour. What is remembered is marked so; before `notBefore` (milliseconds
 * since the epoch) nothing is. Refusals, what does not exist, and what is not `settled` are not remembered.
 */
export async function slowFact<T>(
  key: string,
  notBefore: number,
  { memory: { slow }, clock }: SourcePorts,
  ask: () => Promise<Evidence<T>>,
  settled: (value: T) => boolean = () => true,
): Promise<Evidence<T>> {
  const known = slow.get(key);
  if (known && known.at >= Math.max(notBefore, clock.now() - SLOW_LASTS_MS)) {
    // What is kept under a key is what was asked under it.
    const evidence = known.evidence as Evidence<T>;
    return evidence.kind === 'found' ? { ...evidence, isRemembered: true } : evidence;
  }
  const at = clock.now();
  const evidence = await ask();
  if (evidence.kind === 'found' && settled(evidence.value)) slow.set(key, { at, evidence });
  else slow.delete(key);
  return evidence;
}
