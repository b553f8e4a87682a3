import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { freePort } from '../test/support/prometheus.ts';

const ITERATIONS = 8;
const INTERVAL_S = 2;
const PATIENCE_MS = 120_000;

export const hasVmalert = spawnSync('vmalert', ['-version'], { stdio: 'ignore' }).status === 0;

/**
 * How long vmalert takes to evaluate expressions as the alerting rules of one group, so many at a time, against a
 * Prometheus: the median of its own figure, in milliseconds. The expressions must return nothing.
 */
export async function vmalertMs(
  expressions: readonly string[],
  concurrency: number,
  url: string,
): Promise<number> {
  const directory = await mkdtemp(join(tmpdir(), 'plumbline-vmalert-'));
  const rules = join(directory, 'rules.yml');
  const list = expressions.map(
    (expr, index) => `      - { alert: Rule${index}, expr: ${JSON.stringify(expr)} }`,
  );
  await writeFile(
    rules,
    `groups:\n  - name: bench\n    interval: ${INTERVAL_S}s\n    concurrency: ${concurrency}\n    rules:\n${list.join('\n')}\n`,
  );
  const port = await freePort();
  const child = spawn(
    'vmalert',
    [
      `-rule=${rules}`,
      `-datasource.url=${url}`,
      `-datasource.maxIdleConnections=${concurrency}`,
      // Nothing fires, so nothing is sent.
      '-notifier.url=http://127.0.0.1:9',
      `-httpListenAddr=127.0.0.1:${port}`,
      '-loggerLevel=ERROR',
    ],
    { stdio: 'ignore' },
  );
  const exited = once(child, 'exit');
  try {
    return await figure(`http://127.0.0.1:${port}/metrics`, () => child.exitCode !== null);
  } finally {
    child.kill('SIGKILL');
    await exited;
    await rm(directory, { recursive: true, force: true });
  }
}

async function figure(metrics: string, hasEnded: () => boolean): Promise<number> {
  for (let waitedMs = 0; waitedMs < PATIENCE_MS && !hasEnded(); waitedMs += 250) {
    await setTimeout(250);
    const text = await fetch(metrics).then(
      async (response) => response.text(),
      () => '',
    );
    const of = (pattern: RegExp): number => Number(pattern.exec(text)?.[1]);
    if (of(/^vmalert_execution_errors_total(?:\{[^}]*\})? (\d+)$/m) > 0)
      throw new Error('vmalert could not evaluate');
    const count = of(/^vmalert_iteration_duration_seconds_count\{[^}]*\} (\d+)$/m);
    const median = of(/^vmalert_iteration_duration_seconds\{[^}]*quantile="0.5"[^}]*\} (\S+)$/m);
    if (count >= ITERATIONS) return median * 1000;
  }
  throw new Error('vmalert did not evaluate the rules');
}
