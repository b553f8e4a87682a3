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
    /** How many seconds it takes. */
    readonly took?: number;
  }
  const answered = (answer: unknown, took = 1): Call => ({
    answer: JSON.stringify(answer),
    said: '{"StatusCode":200}',
    took,
  });
  const throttled: Call = {
    code: 254,
    error: 'An error occurred (TooManyRequestsException) when calling the Invoke operation: Rate Exceeded.',
  };
  const timeout: Call = {
    code: 255,
    error: 'Read timeout on endpoint URL: "https://lambda…/invocations"',
    took: 300,
  };

  /** Runs the gate with an `aws` that answers these calls in order; only its calls and `sleep` take time, for `date`. */
  async function gate(calls: readonly Call[], args: readonly string[] = ['prod-eu']) {
    const directory = await scratch();
    for (const [index, { answer = '', said = '', error = '', code = 0, took = 1 }] of calls.entries()) {
      const of = (name: string) => join(directory, `${index + 1}.${name}`);
      await Promise.all([
        writeFile(of('answer'), answer),
        writeFile(of('said'), said),
        writeFile(of('error'), error),
        writeFile(of('code'), String(code)),
        writeFile(of('took'), String(took)),
      ]);
    }
    await writeFile(join(directory, 'now'), String(Math.floor(NOW / 1000)));
    const passes = `cd '${directory}'; pass() { echo "$(($(cat now) + $1))" >now; }`;
    await program(
      directory,
      'aws',
      `${passes}; echo x >>calls; n=$(wc -l <calls); printf '%s\\n' "$@" >"$n.args"
[ -e "$n.code" ] || { echo 'unexpected call' >&2; exit 99; }
[ "$AWS_MAX_ATTEMPTS" = 1 ] || exit 98
for argument; do case $argument in fileb://*) cat "\${argument#fileb://}" >"$n.event" ;; esac; done
pass "$(cat "$n.took")"; cat "$n.answer" >"$argument"; cat "$n.said"; cat "$n.error" >&2; exit "$(cat "$n.code")"`,
    );
    await program(directory, 'sleep', `${passes}; pass "$1"; echo "$1" >>pauses`);
    await program(directory, 'date', `[ "$*" = +%s ] || exit 97; cat '${directory}/now'`);
    const output = join(directory, 'report.json');
    const finished = await runProgram('bash', ['examples/gate.sh', '--output', output, ...args], {
      env: { PATH: `${directory}:${process.env['PATH']}` },
    });
    const read = (name: string) => readFile(join(directory, name), 'utf8').catch(() => '');
    const lines = async (name: string) => (await read(name)).split('\n').filter((line) => line !== '');
    const { length } = await lines('calls');
    const each = <T>(of: (call: number) => Promise<T>) =>
      Promise.all(Array.from({ length }, (_, index) => of(index + 1)));
    return {
      ...finished,
      calls: length,
      pauses: await lines('pauses'),
      args: await each((call) => lines(`${call}.args`)),
      events: await each(
        async (call) => JSON.parse(await read(`${call}.event`)) as { wait: string; since: string },
      ),
      report: await read('report.json'),
      took: Number(await read('now')) - Math.floor(NOW / 1000),
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
    const run = await gate([answered(answer, 40)], ['--wait', '1m', 'prod-eu']);
    expect([run.code, run.stderr, run.calls]).toEqual([code, '', 1]);
    expect(run.stdout).toContain(said);
    expect(run.stdout.endsWith(`${verdict}\n`)).toBe(true);
    expect(JSON.parse(run.report)).toEqual(answer);
  });

  describe('what is not there yet', () => {
    test('is asked for by short invocations that count from the same moment, until it is', async () => {
      const { failing, unknown, capped, ok } = answers;
      const notYet = { ...capped, verdict: 'failing' };
      const run = await gate([
        answered(failing, 165),
        answered(unknown, 170),
        answered(notYet),
        answered(ok),
      ]);
      expect([run.code, run.calls, run.pauses]).toEqual([0, 4, ['20', '20', '20']]);
      expect(run.events.map(({ since }) => since)).toEqual(Array(4).fill('2026-11-20T12:00:00Z'));
      expect(run.events.map(({ wait }) => wait)).toEqual(['180s', '180s', '180s', '180s']);
      expect(run.stderr).toContain('gate: failing so far, asking for 435 s more\n');
      expect(JSON.parse(run.report)).toEqual(ok);
    });

    test('when the time is up is its verdict', async () => {
      const { failing, unknown } = answers;
      const answer = (of: unknown) => answered(of, 170);
      const run = await gate([answer(failing), answer(failing), answer(failing), answered(unknown, 25)]);
      expect([run.code, run.stdout.split('\n').at(-2)]).toEqual([3, 'unknown']);
      expect(run.events.map(({ wait }) => wait)).toEqual(['180s', '180s', '180s', '30s']);
      expect(run.took).toBe(595);
      const longer = await gate(
        Array.from({ length: 7 }, () => answer(failing)),
        ['--wait', '20m'],
      );
      expect([longer.code, longer.calls]).toEqual([1, 7]);
    });

    test('is asked for again where one invocation gave no answer, while time is left', async () => {
      const closed: Call = { code: 255, error: 'Connection was closed before we received a valid response' };
      const run = await gate([closed, timeout, answered(answers.ok)]);
      expect([run.code, run.calls]).toEqual([0, 3]);
      expect(new Set(run.events.map(({ since }) => since)).size).toBe(1);
      const never = await gate([timeout, timeout, timeout]);
      expect([never.code, never.calls, never.stdout, never.report]).toEqual([4, 2, '', '']);
      expect(never.stderr).toContain('the function gave no answer in time');
    });

    test('keeps no connection silent for as long as a NAT gateway cuts it', async () => {
      const run = await gate([answered(answers.failing, 165), answered(answers.ok)], ['--wait', '1h']);
      for (const [index, args] of run.args.entries()) {
        const patience = Number(args[args.indexOf('--cli-read-timeout') + 1]);
        const waits = Number.parseInt(run.events[index]?.wait ?? '', 10);
        expect(patience).toBeLessThan(350);
        // Two attempts of half a minute may follow the wait.
        expect(patience).toBeGreaterThan(waits + 60);
      }
    });
  });

  test.each([
    [
      'a function error',
      { answer: '{"errorType":"Error"}', said: '{"FunctionError":"Unhandled"}' },
      'errorType',
    ],
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
    const then = await gate([throttled, answered(answers.failing, 165), throttled, answered(answers.ok)]);
    expect([then.code, then.calls, then.pauses]).toEqual([0, 4, ['5', '20', '5']]);
  });

  test('a refusal is told with its problems: exit 2, and no report', async () => {
    const run = await gate([answered(answers.refused)]);
    expect([run.code, run.report, run.stdout]).toEqual([2, '', '']);
    expect(run.stderr).toContain('gate: plumbline.yaml:3:1: one\n');
  });

  test('the event is one that the function takes', async () => {
    const of = async (...args: string[]) => {
      const { events, args: given } = await gate([answered(answers.ok)], args);
      expect(readCheckEvent(events[0], NOW)).not.toHaveProperty('problems');
      return { event: events[0], given: given[0] };
    };
    const { event, given } = await of('prod-eu', 'a "b" $(c)');
    expect(event).toEqual({
      wait: '180s',
      since: '2026-11-20T12:00:00Z',
      clusters: ['prod-eu', 'a "b" $(c)'],
    });
    expect(given).toEqual(expect.arrayContaining(['lambda', 'invoke', 'plumbline-live-check']));
    const since = '2026-11-20T11:00:00Z';
    const other = await of('--wait', '90s', '--since', since, '--region', 'eu-west-1', '--function', 'f');
    expect(other.event).toEqual({ wait: '90s', since });
    expect(other.given).toEqual(expect.arrayContaining(['--region', 'eu-west-1', 'f']));
    expect((await of('--since', '5m')).event).toMatchObject({ since: '2026-11-20T11:55:00Z' });
    expect((await of('--since', 'now')).event).toMatchObject({ since: '2026-11-20T12:00:00Z' });
  });

  test.each([[['--wiat', '5m']], [['--wait']], [['--wait', '010m']], [['--help']]])(
    '%j shows the usage: exit 2',
    async (args) => {
      const run = await gate([], args);
      expect([run.code, run.calls]).toEqual([2, 0]);
      expect(run.stderr).toContain('exit: 0 all ok');
    },
  );

  test('hostile text steers no terminal and forges no line', async () => {
    const run = await gate([answered(answers.hostile)], ['--wait', '20s']);
    expect(run.code).toBe(1);
    expect(run.stdout + run.stderr).not.toMatch(/\p{Cf}|(?!\n)\p{Cc}/u);
    expect(run.stdout.split('\n').filter((line) => line.startsWith('#'))).toEqual([]);
    const refused = await gate([answered(answers.refused)]);
    expect(refused.stderr).not.toMatch(/\p{Cf}|(?!\n)\p{Cc}/u);
  });
});
