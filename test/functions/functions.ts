import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { bundleFunctions, functionNames, writeConfiguration } from '../../tools/bundle.ts';
import { ROOT, runProgram } from '../support/process.ts';

export type FunctionName = (typeof functionNames)[number];

export interface Invocation {
  readonly returned?: unknown;
  readonly threw?: string;
}

export interface Invoked {
  readonly results: readonly Invocation[];
  /** Lines of standard output in the Embedded Metric Format. */
  readonly metrics: readonly Record<string, unknown>[];
  /** All other lines, which are JSON too; warnings and errors go to standard error. */
  readonly log: readonly Record<string, unknown>[];
  readonly stdout: string;
  readonly stderr: string;
}

interface Options {
  readonly env?: Record<string, string>;
  readonly remainingMs?: number;
  /** How often, in the same container. */
  readonly times?: number;
}

/** No real credentials: requests go to loopback servers. */
export const CREDENTIALS = { AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE', AWS_SECRET_ACCESS_KEY: 'not-a-real-key' };

/** A built function of a test file, in a directory of its own; `configure` puts a configuration beside it. */
export function builtFunction(name: FunctionName) {
  let dist = '';
  beforeAll(async () => {
    dist = await mkdtemp(join(tmpdir(), 'plumbline-dist-'));
    await bundleFunctions(dist, [name]);
  }, 60_000);
  afterAll(() => rm(dist, { recursive: true, force: true }));
  return {
    configure: async (yaml: string): Promise<void> => {
      const file = join(dist, 'plumbline.yaml');
      await writeFile(file, yaml);
      const problems = await writeConfiguration(file, dist);
      if (problems.length > 0) throw new Error(problems.join('\n'));
    },
    /** What was configured, as it is built. */
    built: () => readFile(join(dist, 'plumbline.json'), 'utf8'),
    invoke: (event: unknown, options: Options = {}) => invoke(dist, name, event, options),
  };
}

async function invoke(
  dist: string,
  name: FunctionName,
  event: unknown,
  { env = {}, remainingMs = 60_000, times = 1 }: Options,
): Promise<Invoked> {
  const [eventFile, resultFile] = [join(dist, 'event.json'), join(dist, 'result.json')];
  await writeFile(eventFile, JSON.stringify(event));
  const script = join(ROOT, 'test/functions/invoke.mjs');
  const { code, stdout, stderr } = await runProgram(
    process.execPath,
    [script, join(dist, `${name}.mjs`), eventFile, resultFile, String(remainingMs), String(times)],
    { env: { AWS_REGION: 'eu-west-1', ...env } },
  );
  if (code !== 0) throw new Error(`exit ${code}: ${stderr}`);
  const lines = `${stdout}${stderr}`
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  return {
    results: JSON.parse(await readFile(resultFile, 'utf8')) as Invocation[],
    metrics: lines.filter((line) => '_aws' in line),
    log: lines.filter((line) => !('_aws' in line)),
    stdout,
    stderr,
  };
}
