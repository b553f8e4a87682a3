import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface RealPrometheus {
  /** Whether `prometheus` is on the PATH. Where it is not, suites that need it are skipped, except in CI. */
  readonly available: boolean;
}

export const realPrometheus: RealPrometheus = {
  available: spawnSync('prometheus', ['--version'], { stdio: 'ignore' }).status === 0,
};

if (!realPrometheus.available) {
  if (process.env['CI'] !== undefined) {
    throw new Error('CI must compare with a real Prometheus: install the Debian package prometheus');
  }
  process.stderr.write(
    'Skipped: no `prometheus` on the PATH, so nothing is compared with the real server.\n',
  );
}

export interface PrometheusServer {
  /** With the route prefix, without a slash at the end. */
  readonly url: string;
  /** Takes another configuration while running; needs the flag --web.enable-lifecycle. */
  reload(config: string): Promise<void>;
  stop(): Promise<void>;
}

export interface PrometheusOptions {
  /** Such as `/workspaces/ws-1`. */
  readonly routePrefix?: string;
  readonly flags?: readonly string[];
  /** The configuration file's text. */
  readonly config?: string;
  /** Only scrapes and remote-writes, as a collector does. */
  readonly agent?: boolean;
  /** An existing database, left as it is; by default an empty one of its own. */
  readonly data?: string;
}

const READY_WITHIN_MS = 15_000;

/** Starts a server with an empty database in a directory of its own. Throws where it does not become ready. */
export async function startPrometheus(options: PrometheusOptions = {}): Promise<PrometheusServer> {
  const { routePrefix = '', flags = [], config = 'global: {}\n', agent = false, data } = options;
  const directory = await mkdtemp(join(tmpdir(), 'plumbline-prometheus-'));
  const configFile = join(directory, 'prometheus.yml');
  await writeFile(configFile, config);
  const port = await freePort();
  const child = spawn(
    'prometheus',
    [
      `--config.file=${configFile}`,
      ...(agent ? ['--enable-feature=agent'] : []),
      `--storage.${agent ? 'agent' : 'tsdb'}.path=${data ?? join(directory, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      ...(routePrefix === '' ? [] : [`--web.route-prefix=${routePrefix}`]),
      ...flags,
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let log = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    log = `${log}${chunk}`.slice(-4000);
  });
  const exited = once(child, 'exit');
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
    await exited;
    await rm(directory, { recursive: true, force: true });
  };
  const url = `http://127.0.0.1:${port}${routePrefix}`;
  const reload = async (changed: string) => {
    await writeFile(configFile, changed);
    const response = await fetch(`${url}/-/reload`, { method: 'POST' });
    if (!response.ok) throw new Error(`reload was answered ${response.status}: ${await response.text()}`);
  };
  if (await becomesReady(url, () => child.exitCode === null)) return { url, reload, stop };
  await stop();
  throw new Error(`prometheus did not become ready:\n${log}`);
}

async function becomesReady(url: string, running: () => boolean): Promise<boolean> {
  const deadline = AbortSignal.timeout(READY_WITHIN_MS);
  while (running() && !deadline.aborted) {
    const response = await fetch(`${url}/-/ready`).catch(() => undefined);
    await response?.body?.cancel();
    if (response?.ok) return true;
    await new Promise((resolve) => {
      setTimeout(resolve, 20);
    });
  }
  return false;
}

/** A port of 127.0.0.1 that nothing listens on. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
