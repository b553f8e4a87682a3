import { spawnSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readCheckEvent } from '../lib/events.ts';
import { answers, program, scratch } from './support/gate-answers.ts';
import { runProgram } from './support/process.ts';

const NOW = Date.parse('2026-11-20T12:00:00.123Z');

const hasJq = spawnSync('jq', ['--version'], { stdio: 'ignore' }).status === 0;
if (!hasJq) {
  if (process.env['CI'] !== undefined) throw new Error('CI must have jq: apt-get install jq');
  process.stderr.write('Skipped: no `jq` on the PATH, so the shell gate is not run.\n');
}

describe.skipIf(!hasJq)('gate.sh', () => {
  interface Call {
    readonly answer?: string;
    readonly said?: string;
    readonly error?: string;
    readonly code?: number;
  }
  const answered = (answer: unknown): Call => ({
    answer: JSON.stringify(answer),
    said: '{"StatusCode":200}',
  });
  const throttled: Call = {
    code: 254,
    error: 'An error occurred (TooManyRequestsException) when calling the Invoke operation: Rate Exceeded.',
  };
  const timeout: Call = { code: 255, error: 'Read timeout on endpoint URL: "https://lambda…/invocations"' };

  /** Runs the gate with an `aws` that answers these calls in order, and a `sleep` that does not. */
  async function gate(calls: readonly Call[], args: readonly string[] = ['prod-eu']) {
    const directory = await scratch();
    for (const [index, { answer = '', said = '', error = '', code = 0 }] of calls.entries()) {
      const of = (name: string) => join(directory, `${index + 1}.${name}`);
      await Promise.all([
        writeFile(of('answer'), answer),
        writeFile(of('said'), said),
        writeFile(of('error'), error),
        writeFile(of('code'), String(code)),
      ]);
    }
    await program(
      directory,
      'aws',
      `cd '${directory}'; echo x >>calls; n=$(wc -l <calls); printf '%s\\n' "$@" >"$n.args"
[ -e "$n.code" ] || { echo 'unexpected call' >&2; exit 99; }
[ "$AWS_MAX_ATTEMPTS" = 1 ] || exit 98
for argument; do case $argument in fileb://*) cat "\${argument#fileb://}" >"$n.event" ;; esac; done
cat "$n.answer" >"$argument"; cat "$n.said"; cat "$n.error" >&2; exit "$(cat "$n.code")"`,
    );
    await program(directory, 'sleep', `echo "$1" >>'${directory}/pauses'`);
    const output = join(directory, 'report.json');
    const finished = await runProgram('bash', ['examples/gate.sh', '--output', output, ...args], {
      env: { PATH: `${directory}:${process.env['PATH']}` },
    });
    const read = (name: string) => readFile(join(directory, name), 'utf8').catch(() => '');
    const lines = async (name: string) => (await read(name)).split('\n').filter((line) => line !== '');
    return {
      ...finished,
      calls: (await lines('calls')).length,
      pauses: await lines('pauses'),
      args: await lines('1.args'),
      event: JSON.parse((await read('1.event')) || 'null') as unknown,
      report: await read('report.json'),
    };
  }

  test.each([
    ['ok', answers.ok, 0, 'ok\n'],
    [
      'failing',
      answers.failing,
      1,
      'failing prod-eu canary\n  fresh  job=kubernetes-pods: newest sample 14m 20s old\n',
    ],
    ['unknown', answers.unknown, 3, 'unknown prod-eu canary\n  fresh  denied: needed: aps:QueryMetrics\n'],
  ])('%s: its exit code, what is not ok, and the report', async (verdict, answer, code, said) => {
    const run = await gate([answered(answer)]);
    expect([run.code, run.stderr, run.calls]).toEqual([code, '', 1]);
    expect(run.stdout).toContain(said);
    expect(run.stdout.endsWith(`${verdict}\n`)).toBe(true);
    expect(JSON.parse(run.report)).toEqual(answer);
  });

  test.each([
    [
      'a function error',
      { answer: '{"errorType":"Error"}', said: '{"FunctionError":"Unhandled"}' },
      'errorType',
    ],
    ['a time-out', timeout, 'it was not invoked again'],
    ['no rights', { code: 254, error: 'An error occurred (AccessDeniedException)' }, 'AccessDenied'],
    ['an empty answer', { said: '{"StatusCode":200}' }, 'answered nothing that can be read'],
    ['half an answer', { answer: '{"verdict":"ok"', said: '{}' }, 'answered nothing that can be read'],
    ['an answer that is no report', answered('ok'), 'answered nothing that can be read'],
    ['an answer without a verdict', answered({ clusters: [] }), 'there is no verdict null'],
    ['an answer of another shape', answered({ verdict: 'ok', clusters: 5 }), 'went wrong'],
    [
      'a CLI that says nothing',
      { answer: JSON.stringify(answers.ok), said: 'what?' },
      'nothing that can be read',
    ],
    ['plumbline itself broken', answered(answers.broken), 'plumbline itself broke'],
    ['defects on the way to ok', answered(answers.defects), 'broke on the way'],
  ])('%s is no verdict: exit 4, asked once, and why', async (_name, call, said) => {
    const run = await gate([call]);
    expect([run.code, run.calls, run.pauses]).toEqual([4, 1, []]);
    expect(run.stderr).toContain(said);
    expect(run.stdout).not.toMatch(/^ok$/m);
  });

  test('what was throttled is asked again, later each time, and not for ever', async () => {
    const twice = await gate([throttled, throttled, answered(answers.ok)]);
    expect([twice.code, twice.calls, twice.pauses]).toEqual([0, 3, ['5', '10']]);
    const always = await gate(Array.from({ length: 9 }, () => throttled));
    expect([always.code, always.calls, always.pauses]).toEqual([4, 5, ['5', '10', '20', '40']]);
    const then = await gate([throttled, timeout]);
    expect([then.code, then.calls]).toEqual([4, 2]);
  });

  test('a refusal is told with its problems: exit 2, and no report', async () => {
    const run = await gate([answered(answers.refused)]);
    expect([run.code, run.report, run.stdout]).toEqual([2, '', '']);
    expect(run.stderr).toContain('gate: plumbline.yaml:3:1: one\n');
  });

  test('a wait that was cut is said', async () => {
    expect((await gate([answered(answers.capped)])).stderr).toBe(
      'gate: waited at most 14m 50s: the function lives no longer\n',
    );
  });

  test('the event is one that the function takes, and the CLI waits longer than the function lives', async () => {
    const of = async (...args: string[]) => {
      const { event, args: given } = await gate([answered(answers.ok)], args);
      expect(readCheckEvent(event, NOW)).not.toHaveProperty('problems');
      return { event, given };
    };
    const { event, given } = await of('prod-eu', 'a "b" $(c)');
    expect(event).toEqual({ wait: '10m', clusters: ['prod-eu', 'a "b" $(c)'] });
    expect(given).toEqual(expect.arrayContaining(['lambda', 'invoke', 'plumbline-live-check']));
    expect(Number(given[given.indexOf('--cli-read-timeout') + 1])).toBeGreaterThan(900);
    const other = await of(
      '--wait',
      '5m',
      '--since',
      '2026-11-20T11:00:00Z',
      '--region',
      'eu-west-1',
      '--function',
      'f',
    );
    expect(other.event).toEqual({ wait: '5m', since: '2026-11-20T11:00:00Z' });
    expect(other.given).toEqual(expect.arrayContaining(['--region', 'eu-west-1', 'f']));
  });

  test.each([[['--wiat', '5m']], [['--wait']], [['--help']]])('%j shows the usage: exit 2', async (args) => {
    const run = await gate([], args);
    expect([run.code, run.calls]).toEqual([2, 0]);
    expect(run.stderr).toContain('exit: 0 all ok');
  });

  test('hostile text steers no terminal and forges no line', async () => {
    const run = await gate([answered(answers.hostile)]);
    expect(run.code).toBe(1);
    expect(run.stdout + run.stderr).not.toMatch(/\p{Cf}|(?!\n)\p{Cc}/u);
    expect(run.stdout.split('\n').filter((line) => line.startsWith('#'))).toEqual([]);
    const refused = await gate([answered(answers.refused)]);
    expect(refused.stderr).not.toMatch(/\p{Cf}|(?!\n)\p{Cc}/u);
  });
});
