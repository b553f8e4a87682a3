import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { bundleFunctions, writeConfiguration } from '../tools/bundle.ts';
import { type Account, CREDENTIALS, REGION } from './account.ts';
import { type AlertReceivers, startAlertReceivers } from './alerts.ts';
import { startQueue, type Queue } from './queue.ts';

const INVOKE = new URL('invoke.ts', import.meta.url).pathname;
const TOPIC = `arn:aws:sns:${REGION}:111122223333:plumbline-alerts`;

/** The scheduled function, built as it is deployed, each run in a process of its own, with what it sends and remembers. */
export interface Scheduled {
  readonly receivers: AlertReceivers;
  readonly queue: Queue;
  run(event?: unknown): Promise<void>;
  close(): Promise<void>;
}

/** Builds the function for the configuration; it remembers in a directory that is gone at the end. */
export async function startScheduled(account: Account, config: string): Promise<Scheduled> {
  const credentials = [CREDENTIALS];
  const receivers = await startAlertReceivers({ region: REGION, credentials });
  const queue = await startQueue({ region: REGION, credentials });
  const directory = await mkdtemp(join(tmpdir(), 'plumbline-rehearsal-'));
  await bundleFunctions(directory);
  await writeConfiguration(config, directory);
  const env = {
    PATH: process.env['PATH'] ?? '',
    AWS_REGION: REGION,
    AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
    ALERT_TOPIC_ARN: TOPIC,
    STATE_DIRECTORY: join(directory, 'state'),
    ...account.environment,
    ...receivers.environment,
    ...queue.environment,
  };
  return {
    receivers,
    queue,
    run: async (event = { clusters: ['prod-eu'] }) => {
      const bundle = join(directory, 'verify.mjs');
      await promisify(execFile)(process.execPath, [INVOKE, bundle, JSON.stringify(event)], { env });
    },
    close: async () => {
      await Promise.all([receivers.close(), queue.close()]);
      await rm(directory, { recursive: true, force: true });
    },
  };
}
