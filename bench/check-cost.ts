import { rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runProgram } from '../test/support/process.ts';

export interface Cost {
  readonly elapsedMs: number;
  readonly requests: number;
  readonly bytes: number;
  readonly rssMb: number;
  /** How long further checks take in the same process, and its requests alone, all at once; undefined where not asked. */
  readonly warmMs?: number;
  readonly floorMs?: number;
}

const CHECK_ONCE = new URL('check-once.ts', import.meta.url).pathname;

/**
 * What one check of a configuration costs in a process of its own, whose start is not in `elapsedMs`; `withMore` measures
 * further ones, and its server alone.
 */
export async function checkCost(config: string, withMore = false): Promise<Cost> {
  const file = join(tmpdir(), `plumbline-bench-${process.pid}.yaml`);
  await writeFile(file, config);
  const { code, stdout, stderr } = await runProgram(process.execPath, [
    CHECK_ONCE,
    file,
    ...(withMore ? ['more'] : []),
  ]);
  await rm(file);
  if (code !== 0) throw new Error(stderr);
  const cost = JSON.parse(stdout) as Cost & { verdict: string; trouble: unknown };
  if (cost.verdict !== 'ok')
    throw new Error(`expected ok, not ${cost.verdict}: ${JSON.stringify(cost.trouble)}`);
  return cost;
}
