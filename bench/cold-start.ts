import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { build } from 'esbuild';
import { systemClock } from '../lib/clock.ts';
import { startDynamoDB } from '../rehearsal/dynamodb.ts';
import { runProgram, ROOT } from '../test/support/process.ts';
import { bundleFunctions, functionNames, writeConfiguration } from '../tools/bundle.ts';
import { ms, printTable, ratio } from './table.ts';

const PROCESSES = 15;

/** The least that a Lambda which asks AMP could be: SigV4 and fetch. */
const BASELINE = `
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
const result = event ? await handler(JSON.parse(event), context) : undefined;
process.stderr.write('\\n' + JSON.stringify({ imported, run: performance.now() - start, verdict: result?.clusters[0].verdict }));
`;

const CONFIG = `
version: 1
clusters:
  - name: bench
    region: eu-west-1
    signals:
      - { name: canary, amp: ws-1234, metric: up, fresh: 4m }
      - { name: emf, cloudwatch: Bench, metric: up, match: { Cluster: bench }, fresh: 15m }
`;

/** How long a function's bundle takes to import, and to import and run once, in fresh processes; and what is packed. */
export async function coldStart(): Promise<void> {
  const dist = await mkdtemp(join(tmpdir(), 'plumbline-bench-'));
  const plane = await startPlane();
  const credentials = { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'not-a-real-key' };
  const dynamodb = await startDynamoDB({
    clock: systemClock,
    region: 'eu-west-1',
    credentials: [credentials],
    table: 'plumbline-state',
  });
  try {
    await writeFile(join(dist, 'child.mjs'), CHILD);
    await writeFile(join(dist, 'plumbline.yaml'), CONFIG);
    const problems = await writeConfiguration(join(dist, 'plumbline.yaml'), dist);
    if (problems.length > 0) throw new Error(problems.join('\n'));
    await Promise.all([bundleFunctions(dist), bundleBaseline(dist)]);
    const env = {
      AWS_REGION: 'eu-west-1',
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      AWS_ENDPOINT_URL: plane.url,
      AWS_ENDPOINT_URL_DYNAMODB: dynamodb.url,
      STATE_TABLE: 'plumbline-state',
    };
    const measured: Record<string, number[]> = { baseline: [], run: [] };
    for (const name of functionNames) measured[name] = [];
    for (let process = 0; process < PROCESSES; process += 1) {
      measured['baseline']?.push((await child(dist, 'baseline', env)).imported);
      for (const name of functionNames) measured[name]?.push((await child(dist, name, env)).imported);
      measured['run']?.push((await child(dist, 'verify', env, '{}')).run);
    }
    await report(dist, (name) => median(measured[name] ?? []));
  } finally {
    plane.close();
    await dynamodb.close();
    await rm(dist, { recursive: true, force: true });
  }
}

async function report(dist: string, of: (name: string) => number): Promise<void> {
  const zips = await Promise.all(
    functionNames.map(async (name) => ({
      what: `${name}.zip`,
      measured: `${Math.round((await zipBytes(dist, name)) / 1000)} KB`,
      goal: '≤ 520 KB',
    })),
  );
  printTable(`Cold start, median of ${PROCESSES} fresh processes`, [
    { what: 'import: signature-v4 + fetch', measured: ms(of('baseline')), goal: '' },
    {
      what: 'import: verify',
      measured: `${ms(of('verify'))}, ${ratio(of('verify'), of('baseline'))}`,
      goal: '≤ 2.5×',
    },
    ...['check', 'mute', 'widget', 'compare'].map((name) => ({
      what: `import: ${name}`,
      measured: `${ms(of(name))}, ${ratio(of(name), of('baseline'))}`,
      goal: '',
    })),
    {
      what: 'import and first run: verify, one AMP and one CloudWatch signal, remembered in DynamoDB',
      measured: ms(of('run')),
      goal: '',
    },
    ...zips,
  ]);
}

async function child(dist: string, name: string, env: Record<string, string>, event = '') {
  const args = [join(dist, 'child.mjs'), join(dist, `${name}.mjs`), event];
  const { code, stderr } = await runProgram(process.execPath, args, { cwd: dist, env });
  if (code !== 0) throw new Error(stderr);
  const measured = JSON.parse(stderr.split('\n').at(-1) ?? '') as {
    imported: number;
    run: number;
    verdict?: string;
  };
  if (event !== '' && measured.verdict !== 'ok')
    throw new Error(`expected ok, not ${measured.verdict}: ${stderr}`);
  return measured;
}

async function bundleBaseline(outdir: string): Promise<void> {
  await build({
    stdin: { contents: BASELINE, resolveDir: ROOT },
    outfile: join(outdir, 'baseline.mjs'),
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    mainFields: ['module', 'main'],
    logLevel: 'warning',
  });
}

/** A workspace and a CloudWatch with one live series each, which answer as briefly as can be. */
async function startPlane(): Promise<{ url: string; close: () => void }> {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const target = String(request.headers['x-amz-target'] ?? '')
      .split('.')
      .at(-1);
    const path = request.url ?? '';
    response.setHeader('content-type', target ? 'application/x-amz-json-1.0' : 'application/json');
    response.end(JSON.stringify(answerTo(target || path, Buffer.concat(chunks).toString(), url)));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

function answerTo(asked: string, body: string, url: string): unknown {
  if (asked === 'ListMetrics') {
    return {
      Metrics: [{ Namespace: 'Bench', MetricName: 'up', Dimensions: [{ Name: 'Cluster', Value: 'bench' }] }],
    };
  }
  if (asked === 'GetMetricData') {
    const { MetricDataQueries } = JSON.parse(body) as { MetricDataQueries: readonly { Id: string }[] };
    const Timestamps = [Math.floor(Date.now() / 60_000) * 60 - 120];
    return {
      MetricDataResults: MetricDataQueries.map(({ Id }) => ({
        Id,
        StatusCode: 'Complete',
        Timestamps,
        Values: [1],
      })),
    };
  }
  if (asked.startsWith('/workspaces/ws-1234') && !asked.includes('/api/v1/')) {
    return { workspace: { workspaceId: 'ws-1234', prometheusEndpoint: `${url}/workspaces/ws-1234/` } };
  }
  const result = [{ metric: {}, value: [Date.now() / 1000, '3'] }];
  return { status: 'success', data: { resultType: 'vector', result } };
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
