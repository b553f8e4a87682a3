import { type Identity, identityKey } from '../aws/credentials.ts';
import type { Evidence } from '../evidence.ts';
import { slowFact } from '../sources/slow.ts';
import type { SourcePorts } from '../sources/source.ts';

/** What one run takes from memory. */
export interface Remembered {
  /** What was asked under `what`, from memory where it is not older than `lastsMs`. */
  readonly fact: <T>(
    what: readonly unknown[],
    lastsMs: number,
    ask: () => Promise<Evidence<T>>,
  ) => Promise<Evidence<T>>;
  /** From now on, nothing that was there before. */
  readonly renew: () => void;
}

/** Slow facts as an identity sees them. What this very run has read is not called remembered; absence never is. */
export function remembered(identity: Identity, ports: SourcePorts): Remembered {
  const { clock, memory } = ports;
  const openedAt = clock.now();
  let renewedAt = Number.NEGATIVE_INFINITY;
  return {
    renew: () => {
      renewedAt = clock.now();
    },
    fact: async (what, lastsMs, ask) => {
      const key = JSON.stringify([identityKey(identity), ...what]);
      const evidence = await slowFact(key, Math.max(renewedAt, clock.now() - lastsMs), ports, ask);
      const isOfThisRun = (memory.slow.get(key)?.at ?? 0) >= openedAt;
      if (evidence.kind === 'absent') memory.slow.delete(key);
      return evidence.kind === 'found' && isOfThisRun ? { ...evidence, isRemembered: false } : evidence;
    },
  };
}
