import { readdirSync, readFileSync } from 'node:fs';
import { type Loaded, loadConfig, type Refused } from '../../lib/config/load.ts';
import { formatProblem, type Problem, sortProblems } from '../../lib/config/problems.ts';

/** What the fixtures' references stand for; `NOT_SET` is not. */
export const env = {
  SET: 'top-secret',
  EMPTY: '',
  ACCOUNT: '111122223333',
  STAGE: 'prod',
  WORKSPACE_ARN: 'arn:aws:aps:eu-west-1:111122223333:workspace/ws-secret',
};

/** When the fixtures are read. */
const now = Date.UTC(2026, 10, 20);

export async function load(text: string): Promise<Loaded | Refused> {
  return loadConfig(text, { file: 'plumbline.yaml', env, now });
}

/** Every problem and warning, without the file's name. */
export async function told(text: string): Promise<string[]> {
  return toldBy(await load(text));
}

export function toldBy(result: {
  readonly problems?: readonly Problem[];
  readonly warnings: readonly Problem[];
}): string[] {
  return sortProblems([...(result.problems ?? []), ...result.warnings]).map((problem) =>
    formatProblem(problem).replace(/^plumbline\.yaml:/, ''),
  );
}

export interface Fixture {
  readonly name: string;
  readonly text: string;
  /** What the comments at the top say that is told. */
  readonly expected: readonly string[];
}

export function fixtures(kind: 'good' | 'bad'): Fixture[] {
  const folder = new URL(`fixtures/${kind}/`, import.meta.url);
  return readdirSync(folder).map((name) => {
    const text = readFileSync(new URL(name, folder), 'utf8');
    return {
      name,
      text,
      expected: text.split('\n').flatMap((line) => /^# expect: (.*)$/.exec(line)?.[1] ?? []),
    };
  });
}

/** A configuration with one signal, with more lines under it. */
export function withSignal(...lines: readonly string[]): string {
  const head = ['version: 1', 'clusters:', '  - name: prod-eu', '    region: eu-west-1', '    signals:'];
  const signal = ['      - name: canary', '        amp: ws-1234', '        metric: up'];
  return [...head, ...signal, ...lines.map((line) => `        ${line}`), ''].join('\n');
}
