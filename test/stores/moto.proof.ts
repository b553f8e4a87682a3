import { spawn, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { CreateTableCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe } from 'vitest';
import { systemClock } from '../../lib/clock.ts';
import { fakeClock } from '../support/ports.ts';
import { freePort } from '../support/prometheus.ts';
import { storeContract } from './contract.ts';
import { NOW } from './memories.ts';
import { tableAt } from './tables.ts';

const available = spawnSync('moto_server', ['--help'], { stdio: 'ignore' }).status === 0;
if (!available)
  process.stderr.write('Skipped: no `moto_server` on the PATH, so the DynamoDB store is not judged on it.\n');

const KEYS = ['pk', 'sk'];

describe.skipIf(!available)('on moto', () => {
  let url = '';
  let stop = async (): Promise<void> => {};

  beforeAll(async () => {
    const port = await freePort();
    const child = spawn('moto_server', ['-H', '127.0.0.1', '-p', String(port)], { stdio: 'ignore' });
    stop = async () => {
      child.kill('SIGKILL');
      await once(child, 'exit');
    };
    url = `http://127.0.0.1:${port}`;
    const deadline = AbortSignal.timeout(20_000);
    while (!(await fetch(`${url}/moto-api/`).catch(() => undefined)) && !deadline.aborted) {
      await systemClock.sleep(100);
    }
  }, 40_000);

  afterAll(() => stop());

  storeContract(async () => {
    const table = `state-${randomUUID()}`;
    const place = tableAt(url, table, fakeClock(NOW));
    await place.client.send(
      new CreateTableCommand({
        TableName: table,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: KEYS.map((name) => ({ AttributeName: name, AttributeType: 'S' })),
        KeySchema: KEYS.map((name) => ({ AttributeName: name, KeyType: name === 'pk' ? 'HASH' : 'RANGE' })),
      }),
    );
    return place;
  });
});
