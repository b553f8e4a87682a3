import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Answer, Refusal } from '../../lib/answer.ts';
import { EVIL, hostile } from '../report/gallery.ts';
import { failing, report, signalReport, unknown } from '../report/reports.ts';

/** jq reads no halves of surrogate pairs. */
const whole = <T>(of: T): T => JSON.parse(JSON.stringify(of).replaceAll('\\ud800', '\\ufffd')) as T;

/** What the function `check` may answer. */
export const answers = {
  ok: report({ 'prod-eu': [signalReport()] }),
  failing: report({ 'prod-eu': [failing, unknown, signalReport()] }),
  unknown: report({ 'prod-eu': [unknown] }),
  hostile: whole(report({ [EVIL]: [hostile] })),
  capped: { ...report({ 'prod-eu': [signalReport()] }), waitCappedTo: '14m 50s' },
  defects: { ...report({ 'prod-eu': [signalReport()] }), defects: 1 },
  refused: {
    error: 'the configuration is wrong',
    problems: ['plumbline.yaml:3:1: one', EVIL.toWellFormed()],
  },
  broken: { error: 'plumbline itself broke; its log says how' },
} as const satisfies Record<string, Answer | Refusal>;

/** A directory that is gone when the test is over. */
export const scratch = async (): Promise<string> => {
  const directory = await mkdtemp(join(tmpdir(), 'plumbline-examples-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
};

/** A program for the PATH, written in bash. */
export async function program(directory: string, name: string, script: string): Promise<void> {
  await writeFile(join(directory, name), `#!/usr/bin/env bash\n${script}\n`);
  await chmod(join(directory, name), 0o755);
}
