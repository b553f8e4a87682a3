import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Report } from '../../lib/report/report.ts';
import { BUILT, type Finished, runProgram } from './process.ts';

/** `plumbline …` as a process of its own, built as it ships: from the sources each would take twice the time. */
export function plumbline(
  args: readonly string[],
  options: Parameters<typeof runProgram>[2] = {},
): Promise<Finished> {
  return runProgram(process.execPath, [join(BUILT, 'dist/plumbline.mjs'), ...args], options);
}

/** A file in a directory of its own, gone when the test is over. */
export async function temporaryFile(name: string, content: string): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'plumbline-test-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const file = join(directory, name);
  await writeFile(file, content);
  return file;
}

/** Checks a configuration text through the command line and reads the JSON report. */
export async function checkReport(
  config: string,
  env: Record<string, string> = {},
): Promise<{ code: number | null; report: Report; stderr: string }> {
  const file = await temporaryFile('plumbline.yaml', config);
  const { code, stdout, stderr } = await plumbline(['check', '--config', file, '--format', 'json'], { env });
  if (stdout === '') throw new Error(`no report, exit ${code}: ${stderr}`);
  return { code, stderr, report: JSON.parse(stdout) as Report };
}
