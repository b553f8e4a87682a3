import { expect, test } from 'vitest';
import { readdirSync } from 'node:fs';
import { ROOT, runProgram } from '../support/process.ts';

const profiles = readdirSync(`${ROOT}profiles`).map((file) => file.replace('.yaml', ''));

test('npm start tells its story to the end', async () => {
  const { code, stdout, stderr } = await runProgram(process.execPath, [`${ROOT}rehearsal/story.ts`]);
  expect([code, stderr]).toEqual([0, '']);
  const [firstPage = '', rest = ''] = stdout.split('\n3. ');
  expect(firstPage.split('\n').length).toBeLessThanOrEqual(20);
  expect(Math.max(...firstPage.split('\n').map(({ length }) => length))).toBeLessThanOrEqual(80);
  const pipelines = [...firstPage.matchAll(/^ {2}ok {6}([\w-]+) +\d+ {2}[\w ]+$/gm)].map(([, name]) => name);
  expect(new Set(pipelines)).toEqual(new Set(profiles));
  expect(rest).not.toBe('');
  const verdicts = [...stdout.matchAll(/^ {4}(ok|failing|unknown) +prod-eu/gm)].map(([, verdict]) => verdict);
  expect(verdicts).toEqual(['ok', 'failing', 'failing', 'unknown']);
  expect(stdout).toContain('still shows 19 series');
  expect(stdout).toMatch(/fresh {2}job=kubernetes-pods\n +observed {2}newest sample 4m 3\ds old/);
  expect(stdout).toContain('the same query shows 0 series');
  expect(stdout).toContain('By e-mail, through SNS: prod-eu: 2 of 7 signals failing (amp)');
  expect(stdout).toContain('Ok: collector-emf, collector-log, checkout-traces, workspace, addon\n');
  expect(stdout).toContain('Ok: `collector-emf, collector-log, checkout-traces, workspace, addon`');
  expect(stdout).toMatch(/a second look is asked for\n {2}in (6|7|8|90)\d? seconds/);
  expect(stdout).toContain('failing in 2 of 2 runs, the last to confirm it');
  expect(stdout).toContain('By e-mail, through SNS: prod-eu: 2 signals recovered (amp)');
  expect(stdout).toContain('denied  HTTP 403 AccessDeniedException');
  expect(stdout).not.toContain('\u001b');
  expect(stdout).not.toContain('T000');
}, 180_000);
