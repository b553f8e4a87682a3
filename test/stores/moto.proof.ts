import { randomUUID } from 'node:crypto';
import { CreateTableCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe } from 'vitest';
import { fakeClock } from '../support/ports.ts';
import { hasMoto, startMoto } from '../support/moto.ts';
import { storeContract } from './contract.ts';
import { NOW } from './memories.ts';
import { tableAt } from './tables.ts';

const available = hasMoto('the DynamoDB store');

const KEYS = ['pk', 'sk'];

describe.skipIf(!available)('on moto', () => {
  let url = '';
  let stop = async (): Promise<void> => {};

  beforeAll(async () => {
    const moto = await startMoto();
    stop = moto.stop;
    url = moto.url;
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
