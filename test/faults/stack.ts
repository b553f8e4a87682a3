import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterAll, beforeAll } from 'vitest';
import { builtConfig } from '../../lib/config/load.ts';
import { bundleFunctions } from '../../tools/bundle.ts';
import { type Backends, startBackends } from './backends.ts';

const MINUTE_MS = 60_000;
/** A schedule invokes within the first seconds of a minute. */
const FIRST_SECONDS_MS = 2000;

/** What an invocation came to, and the lines that it wrote. */
export interface Invoked {
  readonly returned?: unknown;
  readonly threw?: string;
  readonly lines: readonly string[];
}

/** One cluster whose metric a test takes away, and one that stays well, whose Prometheus is never broken. */
const CONFIG = `
version: 1
alerts:
  failAfter: 2
  recoverAfter: 1
  heartbeat: \${env:HEARTBEAT_URL}
  channels:
    - sns: \${env:ALERT_TOPIC_ARN}
    - slack: ssm:/plumbline/slack-webhook
    - pagerduty: secretsmanager:plumbline/pagerduty
      endpoint: \${env:PAGERDUTY_URL}
    - webhook: \${env:WEBHOOK_URL}
      secret: secretsmanager:plumbline/webhook
clusters:
  - { name: loud, region: eu-west-1, every: 1m, signals: [{ name: up, prometheus: '\${env:PROMETHEUS_URL}/loud', metric: up, fresh: 2m }] }
  - { name: quiet, region: eu-west-1, every: 1m, signals: [{ name: up, prometheus: '\${env:DIRECT_PROMETHEUS}/quiet', metric: up, fresh: 2m }] }
`;

export type Stack = Awaited<ReturnType<typeof startStack>>;

/** Builds `dispatch` and `verify` for a test file; each `start` deploys them into an account of their own. */
export function deployedStack() {
  let dist = '';
  let built = '';
  beforeAll(async () => {
    dist = await mkdtemp(join(tmpdir(), 'plumbline-faults-'));
    await bundleFunctions(dist, ['dispatch', 'verify']);
    const configuration = await builtConfig(CONFIG, { file: 'faults', now: Date.now() });
    if (!('json' in configuration)) throw new Error(JSON.stringify(configuration.problems));
    built = configuration.json;
  }, 120_000);
  afterAll(() => rm(dist, { recursive: true, force: true }));
  return { start: (options: StackOptions = {}) => startStack(dist, built, options) };
}

interface StackOptions {
  /** How long an invocation may take. */
  readonly remainingMs?: number;
  /** How far off the functions' clock is. */
  readonly skewMs?: number;
}

async function startStack(dist: string, built: string, { remainingMs = 20_000, skewMs = 0 }: StackOptions) {
  let offMs = 0;
  const clock = { now: () => Date.now() + offMs };
  const backends = await startBackends(clock, built);
  let container = startContainer(dist, backends);
  let delivered = 0;

  const invoke = (name: 'dispatch' | 'verify', event: unknown): Promise<Invoked> =>
    new Promise((resolve, reject) => {
      container.once('message', resolve).once('error', reject);
      container.postMessage({ name, event, remainingMs, offMs: offMs + skewMs });
    });
  /** A second look that was asked for in the minute before is due by now. */
  const deliver = async (): Promise<Invoked[]> => {
    const arrived = backends.queue.sent.slice(delivered);
    delivered = backends.queue.sent.length;
    const all: Invoked[] = [];
    for (const { body } of arrived)
      all.push(await invoke('verify', { Records: [{ eventSource: 'aws:sqs', body }] }));
    return all;
  };
  return {
    ...backends,
    /** The next minute: a tick, and a run of what came to the queue. A message that breaks its run is lost. */
    minute: async (): Promise<readonly Invoked[]> => {
      const tick = (Math.floor(clock.now() / MINUTE_MS) + 1) * MINUTE_MS;
      // However long the minute before took, on a machine that may be busy.
      offMs = tick + FIRST_SECONDS_MS - Date.now();
      const scheduledAt = new Date(tick).toISOString();
      return [await invoke('dispatch', { scheduledAt }), ...(await deliver())];
    },
    /** Begins anew with containers that remember nothing. */
    restart: async () => {
      await stop(container);
      container = startContainer(dist, backends);
    },
    close: async () => {
      await stop(container);
      await backends.close();
    },
  };
}

function startContainer(dist: string, { environment }: Backends): Worker {
  const container = new Worker(new URL('container.mjs', import.meta.url), {
    workerData: { dist },
    env: environment,
    resourceLimits: { maxOldGenerationSizeMb: 256 },
  });
  return container.setMaxListeners(0);
}

async function stop(container: Worker): Promise<void> {
  await container.terminate();
}
