import { spawnSync } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import type { Answer, Refusal } from '../lib/answer.ts';
import { readCheckEvent } from '../lib/events.ts';
import { answers, program, scratch } from './support/gate-answers.ts';
import { serve, vector } from './support/http.ts';
import { ROOT, runProgram } from './support/process.ts';
import { execute, exits, type StateMachine, TaskError } from './support/state-machine.ts';

const NOW = Date.parse('2026-11-20T12:00:00.123Z');

describe('step-functions.asl.json', async () => {
  const text = await readFile(`${ROOT}examples/step-functions.asl.json`, 'utf8');
  const machine = JSON.parse(text) as StateMachine;
  const run = (...given: (Answer | Refusal | TaskError)[]) => runOf(machine, ...given);
  const runOf = (of: StateMachine, ...given: (Answer | Refusal | TaskError)[]) => {
    const asked: unknown[] = [];
    const execution = execute(
      of,
      { clusters: ['prod-eu'] },
      {
        startTime: '2026-11-20T12:00:00.123Z',
        task: (parameters) => {
          asked.push(parameters);
          const next = given[Math.min(asked.length, given.length) - 1];
          if (next instanceof TaskError) throw next;
          return { StatusCode: 200, Payload: next };
        },
      },
    );
    return { ...execution, asked };
  };

  test('every state is reached, and leads somewhere', () => {
    const reached = new Set([machine.StartAt]);
    for (const name of reached) for (const next of exits(machine.States[name]!)) reached.add(next);
    expect([...reached].sort()).toEqual(Object.keys(machine.States).sort());
  });

  test('ok ends at once with the report', () => {
    const { path, output, asked } = run(answers.ok);
    expect(path).toEqual(['Begin', 'Check', 'Verdict', 'Arrived']);
    expect(output).toMatchObject({ check: { answer: answers.ok } });
    expect(asked).toEqual([
      {
        FunctionName: 'plumbline-live-check',
        Payload: { clusters: ['prod-eu'], since: '2026-11-20T12:00:00.123Z' },
      },
    ]);
    const [{ Payload }] = asked as [{ Payload: unknown }];
    expect(readCheckEvent(Payload, NOW)).not.toHaveProperty('problems');
  });

  test('behind a deployment, what was sent before its end does not count', () => {
    const Deploy = { Type: 'Wait', Seconds: 600, Next: machine.StartAt } as const;
    const whole: StateMachine = { StartAt: 'Deploy', States: { Deploy, ...machine.States } };
    const { asked } = runOf(whole, answers.failing, answers.ok);
    expect(asked).toHaveLength(2);
    for (const { Payload } of asked as readonly { readonly Payload: unknown }[]) {
      expect(Payload).toEqual({ clusters: ['prod-eu'], since: '2026-11-20T12:10:00.123Z' });
    }
  });

  test('what is not there yet is waited for, and every attempt counts from the start', () => {
    const { path, asked } = run(answers.failing, answers.unknown, answers.ok);
    expect(path.filter((name) => name === 'Wait')).toHaveLength(2);
    expect(path.at(-1)).toBe('Arrived');
    expect(new Set(asked.map((one) => JSON.stringify(one))).size).toBe(1);
  });

  test.each([
    ['failing', answers.failing, 'Plumbline.Failing', 20],
    ['unknown', answers.unknown, 'Plumbline.Unknown', 20],
    ['refused', answers.refused, 'Plumbline.Refused', 1],
    ['broken', answers.broken, 'Plumbline.NoVerdict', 1],
    ['defects', answers.defects, 'Plumbline.NoVerdict', 1],
    ['a function error', new TaskError('Unhandled'), 'Plumbline.NoVerdict', 1],
    ['a time-out', new TaskError('States.Timeout'), 'Plumbline.NoVerdict', 1],
    ['throttled for ever', new TaskError('Lambda.TooManyRequestsException'), 'Plumbline.NoVerdict', 7],
  ])('%s to the end fails as what it is', (_name, given, error, asked) => {
    const ended = run(given);
    expect([ended.error, ended.asked.length]).toEqual([error, asked]);
  });

  test('throttled twice is tried again', () => {
    const busy = new TaskError('Lambda.TooManyRequestsException');
    expect(run(busy, busy, answers.ok).path.at(-1)).toBe('Arrived');
  });

  const hasCfnLint = spawnSync('cfn-lint', ['--version'], { stdio: 'ignore' }).status === 0;
  test.skipIf(!hasCfnLint)('cfn-lint, where it is installed, takes it for a state machine', async () => {
    const file = join(await scratch(), 'template.json');
    const Properties = { RoleArn: 'arn:aws:iam::111122223333:role/stages', Definition: machine };
    const Resources = { Stage: { Type: 'AWS::StepFunctions::StateMachine', Properties } };
    await writeFile(file, JSON.stringify({ AWSTemplateFormatVersion: '2010-09-09', Resources }));
    expect(await runProgram('cfn-lint', [file])).toMatchObject({ code: 0, stdout: '' });
  });
});

describe('github-actions.yml', async () => {
  interface Step {
    readonly name?: string;
    readonly run?: string;
    readonly env?: Record<string, string>;
  }
  const workflow = parse(await readFile(`${ROOT}examples/github-actions.yml`, 'utf8')) as {
    readonly jobs: { readonly arrived: { readonly steps: readonly Step[] } };
  };
  const step = workflow.jobs.arrived.steps.find(({ name }) => name === 'What arrived');

  /** Runs the step as GitHub does, with `npm` as given. */
  async function gate(npm: string, env: Record<string, string> = {}) {
    const directory = await scratch();
    await program(directory, 'npm', `printf '%s\\n' "$@" >'${directory}/args'\n${npm}`);
    const summary = join(directory, 'summary.md');
    const finished = await runProgram(
      'bash',
      ['--noprofile', '--norc', '-eo', 'pipefail', '-c', step?.run ?? 'false'],
      {
        cwd: directory,
        env: {
          ...step?.env,
          ...env,
          PATH: `${directory}:${process.env['PATH']}`,
          GITHUB_STEP_SUMMARY: summary,
        },
      },
    );
    const files = await readdir(directory);
    const read = (name: string) => readFile(join(directory, name), 'utf8');
    return {
      ...finished,
      files,
      args: await read('args'),
      summary: await read('summary.md').catch(() => ''),
    };
  }

  test('with the real command line: green, a summary, and the files that are kept', async () => {
    const server = await serve((_request, response) => void response.end(vector([[{}, '3']])));
    const config = join(await scratch(), 'plumbline.yaml');
    const signal = `{ name: up, prometheus: '${server.url}', metric: up }`;
    const cluster = `{ name: prod-eu, region: eu-west-1, signals: [${signal}] }`;
    await writeFile(config, `version: 1\nclusters: [${cluster}]\n`);
    const real = `shift 4; exec '${process.execPath}' '${ROOT}bin/plumbline.ts' "$@"`;
    const run = await gate(real, { CONFIG: config });
    expect([run.code, run.stderr]).toEqual([0, '']);
    expect(run.stdout).toMatch(/^ok {6}prod-eu/);
    expect(run.summary).toMatch(/^## Plumbline: ✅ ok\n/);
    expect(run.files).toEqual(expect.arrayContaining(['plumbline.xml', 'plumbline.html']));
    expect(run.args).toMatch(/^run\n-s\nplumbline\n--\ncheck\n--config\n/);
    expect(run.args).toContain('--wait\n20m\n--since\nnow\n');
  });

  test.each([
    [0, ''],
    [1, 'something that must arrive does not'],
    [3, 'could not be observed, which is no pass'],
    [2, 'no verdict, exit code 2'],
    [4, 'no verdict, exit code 4'],
  ])('exit code %i is the exit code of the step, and is told', async (code, said) => {
    const run = await gate(`exit ${code}`);
    expect(run.code).toBe(code);
    expect(run.stdout).toContain(said);
    expect(run.stdout.includes('::error')).toBe(code !== 0);
  });
});

test('every example is run here and stands in the page about gates', async () => {
  const page = await readFile(`${ROOT}docs/gates.md`, 'utf8');
  const files = await readdir(`${ROOT}examples`);
  expect(files.sort()).toEqual(['gate.sh', 'github-actions.yml', 'step-functions.asl.json']);
  for (const file of files) expect(page).toContain(`](../examples/${file})`);
  const told = /CloudWatch \|.*`(--wait \w+)`/.exec(page)?.[1] ?? 'nothing';
  const job = await readFile(`${ROOT}examples/github-actions.yml`, 'utf8');
  expect(job).toContain(`${told} --since now`);
  expect(page).toContain(`check --cluster prod-eu ${told} --since now`);
});
