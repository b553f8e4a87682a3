import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { build } from 'esbuild';
import { systemClock } from '../lib/clock.ts';
import { CREDENTIALS, REGION, startAccount } from '../rehearsal/account.ts';
import { startDynamoDB } from '../rehearsal/dynamodb.ts';
import { startQueue } from '../rehearsal/queue.ts';
import { runProgram, ROOT } from '../test/support/process.ts';
import { bundleFunctions, functionNames, writeConfiguration } from '../tools/bundle.ts';
import { DONE, EVENTS, type FunctionName } from './cold-events.ts';
import { startPlane } from './cold-plane.ts';
import { ms, printTable, ratio } from './table.ts';

const PROCESSES = 9;
const MINUTE_MS = 60_000;

/** The least that a Lambda which asks AMP could be: SigV4 and fetch. */
const SIGNING = `
import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';
export const handler = async (event) => {
  const signer = new SignatureV4({ service: 'aps', region: event.region, credentials: event.credentials, sha256: Sha256 });
  return fetch(event.url, await signer.sign(event.request));
};`;

/** What a process does whose milliseconds are counted: from before the import to after it, and after a first run. */
const CHILD = `
const [bundle, event] = process.argv.slice(2);
const start = performance.now();
const { handler } = await import(bundle);
const imported = performance.now() - start;
const context = { awsRequestId: 'bench', getRemainingTimeInMillis: () => 60_000 };
const returned = event ? await handler(JSON.parse(event), context) : undefined;
const run = performance.now() - start;
process.stderr.write('\\n' + JSON.stringify({ imported, run, returned }));
`;

interface Start {
  readonly imported: number;
  /** With the import. */
  readonly run: number;
  readonly returned?: unknown;
}

const CONFIG = `
version: 1
clusters:
  - name: bench
    region: eu-west-1
    every: 1m
    signals:
      - { name: canary, amp: ws-1234, metric: up, fresh: 4m }
      - { name: emf, cloudwatch: Bench, metric: up, match: { Cluster: bench }, fresh: 15m }
`;

/** How long a function's bundle takes to import, and to import and run once, in fresh processes; and what is packed. */
export async function coldStart(): Promise<void> {
  const dist = await mkdtemp(join(tmpdir(), 'plumbline-bench-'));
  const place = { clock: systemClock, region: REGION, credentials: [CREDENTIALS] };
  const plane = await startPlane();
  const account = await startAccount(() => {});
  const dynamodb = await startDynamoDB({ ...place, table: 'plumbline-state' });
  const queue = await startQueue(place);
  try {
    await writeFile(join(dist, 'child.mjs'), CHILD);
    await configure(dist, CONFIG);
    await configure(join(dist, 'drifting'), CONFIG.replace('fresh: 4m', 'fresh: 4m, series: { drift: 20% }'));
    await Promise.all([bundleFunctions(dist), bundleSigning(dist)]);
    const env = {
      // Lambda compiles what it starts.
      NODE_DISABLE_COMPILE_CACHE: '1',
      AWS_REGION: REGION,
      AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
      AWS_ENDPOINT_URL: plane.url,
      AWS_ENDPOINT_URL_DYNAMODB: dynamodb.url,
      STATE_TABLE: 'plumbline-state',
      ...queue.environment,
    };
    const alone: Start[] = [];
    const starts = new Map(functionNames.map((name) => [name, [] as Start[]]));
    const firstTick = Date.now() - PROCESSES * MINUTE_MS;
    for (let process = 0; process < PROCESSES; process += 1) {
      alone.push(await child(dist, 'signing', env));
      const tick = new Date(firstTick + process * MINUTE_MS).toISOString();
      for (const [name, all] of starts) {
        const own = {
          // It looks at all that an account has.
          compare: { ...env, ...account.environment },
          baseline: { ...env, PLUMBLINE_CONFIG: 'drifting/plumbline.json' },
        };
        all.push(await firstRun(dist, name, tick, name in own ? own[name as keyof typeof own] : env));
      }
    }
    await report(dist, alone, starts);
  } finally {
    plane.close();
    await Promise.all([account.close(), dynamodb.close(), queue.close()]);
    await rm(dist, { recursive: true, force: true });
  }
}

async function configure(outdir: string, config: string): Promise<void> {
  await mkdir(outdir, { recursive: true });
  const file = join(outdir, 'plumbline.yaml');
  await writeFile(file, config);
  const problems = await writeConfiguration(file, outdir);
  if (problems.length > 0) throw new Error(problems.join('\n'));
}

async function firstRun(dist: string, name: FunctionName, tick: string, env: Record<string, string>) {
  const start = await child(dist, name, env, JSON.stringify(EVENTS[name](tick)));
  const returned = JSON.stringify(start.returned);
  if (DONE[name].test(returned)) return start;
  throw new Error(`${name} did not do what it was asked: ${returned.slice(0, 1000)}`);
}

async function report(
  dist: string,
  alone: readonly Start[],
  starts: ReadonlyMap<FunctionName, readonly Start[]>,
): Promise<void> {
  const signing = median(alone.map(({ imported }) => imported));
  const rows = [...starts].map(async ([name, all]) => ({
    what: `${name}: import, first run with it, zip`,
    measured: [
      ratio(median(all.map(({ imported }) => imported)), signing),
      ms(median(all.map(({ run }) => run))),
      `${Math.round((await zipBytes(dist, name)) / 1000)} KB`,
    ].join(', '),
    goal: GOALS[name] ?? '',
  }));
  printTable(`Cold start, median of ${PROCESSES} fresh processes`, [
    { what: 'import of signature-v4 + fetch', measured: ms(signing), goal: '1×' },
    ...(await Promise.all(rows)),
  ]);
}

const GOALS: Readonly<Partial<Record<FunctionName, string>>> = {
  dispatch: '≤ 1.5×, ≤ 520 KB',
  verify: '≤ 2.5×, ≤ 520 KB',
};

async function child(dist: string, name: string, env: Record<string, string>, event = ''): Promise<Start> {
  const args = [join(dist, 'child.mjs'), join(dist, `${name}.mjs`), event];
  const { code, stderr } = await runProgram(process.execPath, args, { cwd: dist, env });
  if (code !== 0) throw new Error(stderr);
  return JSON.parse(stderr.split('\n').at(-1) ?? '') as Start;
}

async function bundleSigning(outdir: string): Promise<void> {
  await build({
    stdin: { contents: SIGNING, resolveDir: ROOT },
    outfile: join(outdir, 'signing.mjs'),
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    mainFields: ['module', 'main'],
    logLevel: 'warning',
  });
}

/** As osls packs: everything of the function and the configuration, deflated. */
async function zipBytes(dist: string, name: string): Promise<number> {
  const files = (await readdir(dist)).filter((file) => file.startsWith(name) || file === 'plumbline.json');
  const sizes = await Promise.all(
    files.map(
      async (file) => deflateRawSync(await readFile(join(dist, file))).byteLength + 2 * file.length + 100,
    ),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
