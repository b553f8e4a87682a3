import { globSync, readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { builtConfig, loadBuilt, loadConfig, type Loaded, type Refused } from '../../lib/config/load.ts';
import { readProfiles } from '../../lib/profiles/read.ts';
import { env } from '../config/loading.ts';
import { type Random, randomOf } from '../../rehearsal/random.ts';
import { ROOT } from '../support/process.ts';
import { mutatedJson, mutatedText } from './mutate.ts';

const SOURCES = ['plumbline.example.yaml', 'rehearsal/plumbline.yaml', 'test/config/fixtures/good/*.yaml'];
const NOW = Date.UTC(2026, 10, 20);
/** YAML is read with positions, which takes many times as long as what a build makes of it. */
const YAML_SHARE = 0.06;

export interface FuzzedConfigurations {
  readonly loaded: number;
  readonly refused: number;
  readonly problems: number;
}

/**
 * Loads so many configurations that are real ones, mutated: as YAML, and as the build leaves them. Each loads, or is
 * refused with problems that stand inside of the file and tell no value of the environment.
 */
export async function fuzzConfigurations(count: number, seed: string): Promise<FuzzedConfigurations> {
  const profiles = await readProfiles(new URL('../../profiles/', import.meta.url));
  const options = { file: 'p', env, now: NOW, profiles: async () => profiles };
  const files = SOURCES.flatMap((pattern) => globSync(pattern, { cwd: ROOT })).sort();
  const texts = files.map((file) => readFileSync(ROOT + file, 'utf8'));
  const built = await Promise.all(texts.map(async (text) => builtConfig(text, options)));
  const jsons = built.flatMap((one) => ('json' in one ? [one.json] : []));
  expect(jsons.length).toBe(texts.length);
  const random = randomOf(seed);
  const result = { loaded: 0, refused: 0, problems: 0 };
  for (let index = 0; index < count; index += 1) {
    const isYaml = random.chance(YAML_SHARE);
    const text = isYaml ? mutatedYaml(pick(texts, random), random) : mutatedJson(pick(jsons, random), random);
    const outcome = isYaml ? await loadConfig(text, options) : loadBuilt(text, { env });
    result.problems += judge(outcome, text, isYaml);
    if ('config' in outcome) result.loaded += 1;
    else result.refused += 1;
  }
  expect(Object.prototype).not.toHaveProperty('polluted');
  return result;
}

/** How many problems it has. */
function judge(outcome: Loaded | Refused, text: string, isYaml: boolean): number {
  const problems = 'problems' in outcome ? outcome.problems : [];
  if (!('config' in outcome) && problems.length === 0) throw new Error(`refused for no reason: ${text}`);
  const lines = isYaml ? text.split(/\r\n|[\r\n]/).length : Number.POSITIVE_INFINITY;
  for (const { line, column, message } of [...problems, ...outcome.warnings]) {
    const isFine = message !== '' && !message.includes(env.SET) && !/[^\P{Cc}\n]/u.test(message);
    const isInside = line >= 1 && line <= lines + 1 && column >= 1;
    if (!isFine || !isInside)
      throw new Error(`${line}:${column} ${JSON.stringify(message)} in ${JSON.stringify(text)}`);
  }
  return problems.length;
}

/** Of lines or of characters, in a few places. */
function mutatedYaml(text: string, random: Random): string {
  let mutated = text;
  for (let left = random.whole(1, 3); left > 0; left -= 1) {
    mutated = random.chance(0.5) ? mutatedText(mutated, random) : mutatedLines(mutated, random);
  }
  return mutated;
}

function mutatedLines(text: string, random: Random): string {
  const lines = text.split('\n');
  const at = random.whole(0, lines.length - 1);
  const line = lines[at] ?? '';
  const instead = random.pick<() => readonly string[]>([
    () => [],
    () => [line, line],
    () => [`  ${line}`],
    () => [line.trimStart()],
    () => [line, lines[random.whole(0, lines.length - 1)] ?? ''],
    () => [line.replace(/:.*/, ': { __proto__: { polluted: true } }')],
    () => [line.replace(/:.*/, ': [*a, &a b, !!binary x]')],
  ]);
  lines.splice(at, 1, ...instead());
  return lines.join('\n');
}

function pick(texts: readonly string[], random: Random): string {
  return texts[random.whole(0, texts.length - 1)] ?? '';
}
