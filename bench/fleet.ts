import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CREDENTIALS, REGION } from '../rehearsal/account.ts';
import { ROOT } from '../test/support/process.ts';
import { bundleFunctions, writeConfiguration } from '../tools/bundle.ts';
import type { Asked, Taken } from './containers.ts';
import type { Delivered, Environment } from './fleet-backends.ts';
import { fleetConfig } from './fleet-config.ts';
import { ms, printTable, type Row } from './table.ts';

const CLUSTERS = 1000;
const AT_ONCE = 40;
const BACKEND_MS = 50;
const EVERY_MS = 300_000;

/** A tick of dispatch, all that follows from it, and how long both took together. */
interface Tick {
  readonly dispatch: Taken;
  readonly verify: Taken;
  readonly elapsedMs: number;
}

/**
 * 1,000 clusters × 20 signals through the built `dispatch`, a queue and the built `verify`; backends answer after 50 ms. Two
 * ticks: the first with nothing remembered, the second as every further one. The queue delivers at once: the seconds by which
 * `dispatch` spreads a tick are no work, and are counted away.
 */
export async function fleet(): Promise<void> {
  const dist = await mkdtemp(join(tmpdir(), 'plumbline-fleet-'));
  const children: ChildProcess[] = [];
  const start = (script: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) => {
    const child = fork(join(ROOT, 'bench', script), args, {
      env: { PATH: process.env['PATH'] ?? '', ...env },
      execArgv: profiling(args[0] ?? ''),
    });
    children.push(child);
    return child;
  };
  try {
    const backends = start('fleet-backends.ts', [String(BACKEND_MS)]);
    const [{ url, environment }] = (await once(backends, 'message')) as [Environment];
    await writeFile(join(dist, 'plumbline.yaml'), fleetConfig(CLUSTERS, url));
    const problems = await writeConfiguration(join(dist, 'plumbline.yaml'), dist);
    if (problems.length > 0) throw new Error(problems.slice(0, 3).join('\n'));
    await bundleFunctions(dist, ['dispatch', 'verify']);
    const env = {
      AWS_REGION: REGION,
      AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
      STATE_TABLE: 'plumbline-state',
      ...environment,
    };
    const dispatch = start('containers.ts', [join(dist, 'dispatch.mjs'), '1'], env);
    const verify = start('containers.ts', [join(dist, 'verify.mjs'), String(AT_ONCE)], env);
    let messages = 0;
    backends.on('message', ({ body }: Delivered) => {
      messages += 1;
      tell(verify, { event: record(String(messages), body) });
    });
    const newest = Math.floor(Date.now() / EVERY_MS) * EVERY_MS;
    const at = (slotsAgo: number): string => new Date(newest - slotsAgo * EVERY_MS).toISOString();
    // The first one pays for the start of the containers.
    const warming = { clusters: ['cluster-0'], scheduledAt: at(2), dispatched: true };
    tell(verify, { event: record('warming', JSON.stringify(warming)) });
    const first = await taken(verify, 1);
    const tick = async (scheduledAt: string): Promise<Tick> => {
      const startedAt = performance.now();
      tell(dispatch, { event: { scheduledAt } });
      const [dispatched, verified] = await Promise.all([taken(dispatch, 1), taken(verify, CLUSTERS)]);
      return { dispatch: dispatched, verify: verified, elapsedMs: performance.now() - startedAt };
    };
    report(first, await tick(at(1)), await tick(at(0)));
  } finally {
    for (const child of children) if (child.connected) child.disconnect();
    await Promise.all(children.map(async (child) => child.exitCode ?? once(child, 'exit')));
    await rm(dist, { recursive: true, force: true });
  }
}

function profiling(bundle: string): string[] {
  const { FLEET_PROFILE: directory } = process.env;
  return directory !== undefined && bundle.endsWith('.mjs')
    ? ['--cpu-prof', `--cpu-prof-dir=${directory}`]
    : [];
}

function tell(child: ChildProcess, asked: Asked): void {
  child.send(asked);
}

async function taken(child: ChildProcess, until: number): Promise<Taken> {
  tell(child, { until });
  const gone = once(child, 'exit').then(() => {
    throw new Error('a function ended before its invocations did');
  });
  const [figures] = (await Promise.race([once(child, 'message'), gone])) as [Taken];
  if (figures.errors.length > 0) throw new Error(figures.errors.slice(0, 3).join('\n'));
  return figures;
}

function record(messageId: string, body: string) {
  return { Records: [{ eventSource: 'aws:sqs', messageId, body }] };
}

function report(start: Taken, first: Tick, second: Tick): void {
  for (const tick of [first, second]) expectAll(tick);
  printTable(
    `${CLUSTERS} clusters × 20 signals through dispatch, queue and verify, backends of ${BACKEND_MS} ms, ${AT_ONCE} at a time`,
    [
      ...rowsOf('every further tick', second, ['≤ 15 ms', '≥ 40']),
      ...rowsOf('first tick, nothing remembered', first, ['', '']),
      {
        what: `heap of verify after 1, ${CLUSTERS + 1}, ${2 * CLUSTERS + 1} runs`,
        measured: `${[start, first.verify, second.verify].map(({ heapMb }) => heapMb.toFixed(0)).join(', ')} MB`,
        goal: 'flat',
      },
      { what: 'memory of verify (RSS)', measured: `${Math.round(second.verify.rssMb)} MB`, goal: '' },
      { what: 'memory of dispatch (RSS)', measured: `${Math.round(second.dispatch.rssMb)} MB`, goal: '' },
    ],
  );
}

function rowsOf(when: string, { dispatch, verify, elapsedMs }: Tick, [cpu, rate]: [string, string]): Row[] {
  return [
    { what: `${when}: CPU of verify per cluster`, measured: ms1(verify.cpuMs / CLUSTERS), goal: cpu },
    { what: `${when}: clusters a second`, measured: ((CLUSTERS / elapsedMs) * 1000).toFixed(0), goal: rate },
    {
      what: `${when}: dispatch alone`,
      measured: `${ms(dispatch.elapsedMs)}, CPU ${ms(dispatch.cpuMs)}`,
      goal: '',
    },
  ];
}

function expectAll({ dispatch, verify }: Tick): void {
  const [sent] = dispatch.returned as { sent?: number; unsent?: number; overdue?: number }[];
  if (sent?.sent !== CLUSTERS || sent.unsent !== 0 || sent.overdue !== 0)
    throw new Error(`expected all sent: ${JSON.stringify(dispatch.returned)}`);
  const verdicts = (verify.returned as { clusters: readonly { verdict: string }[] }[]).flatMap(
    ({ clusters }) => clusters.map(({ verdict }) => verdict),
  );
  const others = verdicts.filter((verdict) => verdict !== 'ok');
  if (verdicts.length !== CLUSTERS || others.length > 0)
    throw new Error(`expected all ok: ${verdicts.length}, ${[...new Set(others)].join()}`);
}

const ms1 = (milliseconds: number): string => `${milliseconds.toFixed(1)} ms`;
