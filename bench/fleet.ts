import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT, runProgram } from '../test/support/process.ts';
import { bundleFunctions, writeConfiguration } from '../tools/bundle.ts';
import { ms, printTable } from './table.ts';

const CLUSTERS = 1000;
const AT_ONCE = 40;
const BACKEND_MS = 50;

interface Taken {
  readonly elapsedMs: number;
  readonly cpuMs: number;
  readonly heapMb: readonly number[];
  readonly rssMb: number;
  readonly verdicts: Readonly<Record<string, number>>;
}

/** 1,000 clusters × 20 signals, one message each, through the built `verify`; backends answer after 50 ms. */
export async function fleet(): Promise<void> {
  const dist = await mkdtemp(join(tmpdir(), 'plumbline-fleet-'));
  const backends = spawn(process.execPath, [join(ROOT, 'bench/fleet-backends.ts'), String(BACKEND_MS)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  try {
    const [first] = (await once(backends.stdout, 'data')) as [Buffer];
    const url = first.toString().trim();
    await writeFile(join(dist, 'plumbline.yaml'), fleetConfig(url));
    const problems = await writeConfiguration(join(dist, 'plumbline.yaml'), dist);
    if (problems.length > 0) throw new Error(problems.slice(0, 3).join('\n'));
    await bundleFunctions(dist);
    const profile = process.env['FLEET_PROFILE'];
    const { code, stderr } = await runProgram(
      process.execPath,
      [
        ...(profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`]),
        join(ROOT, 'bench/fleet-containers.ts'),
        join(dist, 'verify.mjs'),
        String(CLUSTERS),
        String(AT_ONCE),
      ],
      { env: environment(url) },
    );
    if (code !== 0) throw new Error(stderr.slice(-2000));
    report(JSON.parse(stderr.split('\n').at(-1) ?? '') as Taken);
  } finally {
    backends.kill();
    await rm(dist, { recursive: true, force: true });
  }
}

function report({ elapsedMs, cpuMs, heapMb, rssMb, verdicts }: Taken): void {
  if (verdicts['ok'] !== CLUSTERS + 1) throw new Error(`expected all ok: ${JSON.stringify(verdicts)}`);
  printTable(`${CLUSTERS} clusters × 20 signals, one message each, backends of ${BACKEND_MS} ms`, [
    { what: 'CPU of verify per cluster', measured: `${(cpuMs / CLUSTERS).toFixed(1)} ms`, goal: '≤ 15 ms' },
    { what: 'clusters a second', measured: ((CLUSTERS / elapsedMs) * 1000).toFixed(0), goal: '≥ 40' },
    { what: `all of them, ${AT_ONCE} at a time`, measured: ms(elapsedMs), goal: '' },
    {
      what: 'heap after 1, 251, 501, 751 clusters',
      measured: `${heapMb.map((one) => one.toFixed(0)).join(', ')} MB`,
      goal: 'flat',
    },
    { what: 'memory (RSS)', measured: `${Math.round(rssMb)} MB`, goal: '' },
  ]);
}

function environment(url: string): Record<string, string> {
  return {
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'not-a-real-key',
    AWS_ENDPOINT_URL: url,
    STATE_TABLE: 'plumbline-state',
  };
}

/** Sixteen signals in a workspace and four in CloudWatch. */
function fleetConfig(url: string): string {
  const lines = ['version: 1', 'clusters:'];
  for (let cluster = 0; cluster < CLUSTERS; cluster += 1) {
    lines.push(`  - name: cluster-${cluster}`, '    region: eu-west-1', '    signals:');
    for (let signal = 0; signal < 16; signal += 1) {
      lines.push(
        `      - { name: amp-${signal}, amp: ws-${cluster}, endpoint: '${url}/workspaces/ws-${cluster}', metric: metric_${signal}, fresh: 4m, series: { min: 1, max: 60 }, labels: { require: [instance] } }`,
      );
    }
    for (let signal = 0; signal < 4; signal += 1) {
      lines.push(
        `      - { name: emf-${signal}, cloudwatch: Fleet${cluster}, metric: metric_${signal}, match: { Cluster: fleet }, fresh: 15m }`,
      );
    }
  }
  return `${lines.join('\n')}\n`;
}
