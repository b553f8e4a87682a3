import type { Evidence } from '../evidence.ts';
import { printable } from '../printable.ts';
import { baseUrl } from '../sources/amp.ts';
import type { SourcePorts } from '../sources/source.ts';
import type { Signal } from '../signal.ts';
import type { RuleHealth } from './questions.ts';
import { type RuleGroup, readRules } from './rules-api.ts';

/** What the rules of a signal's workspace say of themselves. */
export async function readRuleHealth(
  signal: Signal,
  ports: SourcePorts,
): Promise<Evidence<readonly RuleHealth[]>> {
  const base = await baseUrl(signal, ports);
  if (typeof base !== 'string') return base;
  const groups = await readRules(signal.address, base, signal, ports);
  return groups.kind === 'found' ? { ...groups, value: groups.value.map(healthOf) } : groups;
}

function healthOf({ name, file, rules }: RuleGroup): RuleHealth {
  const broken = rules.flatMap(({ name: called, health, lastError }) => {
    if (health === 'ok' || typeof lastError !== 'string' || lastError === '') return [];
    return [{ rule: typeof called === 'string' ? printable(called, 100) : '', error: printable(lastError) }];
  });
  return { group: `${file};${name}`, broken };
}
