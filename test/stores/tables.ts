import {
  type AttributeValue,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import { onTestFinished, vi } from 'vitest';
import type { Clock } from '../../lib/clock.ts';
import { systemClock } from '../../lib/clock.ts';
import { FORMAT } from '../../lib/stores/wire.ts';
import { dynamoStore } from '../../lib/stores/dynamodb.ts';
import type { Store, StorePorts } from '../../lib/stores/store.ts';
import type { Kept, Place } from './contract.ts';
import { CREDENTIALS, NOW } from './memories.ts';

export const REGION = 'eu-west-1';

/** What the tests of a DynamoDB store need of it, simulated or not. */
export interface TablePlace extends Place {
  readonly client: DynamoDBClient;
  readonly item: (what: Kept) => Promise<Record<string, AttributeValue> | undefined>;
  readonly openWith: (over: Partial<StorePorts>, table?: string) => Store;
}

const KEYS: Readonly<Record<Kept, readonly [string, string]>> = {
  cluster: ['cluster', 'prod-eu'],
  mute: ['mute', 'm1'],
  baseline: ['baseline#prod-eu', 'canary'],
  run: ['run#prod-eu', `${new Date(NOW).toISOString()}#r1`],
};

/** A table behind an endpoint, found as users' endpoints are found: by the environment. */
export function tableAt(url: string, table: string, clock: Clock): TablePlace {
  vi.stubEnv('AWS_ENDPOINT_URL_DYNAMODB', url);
  onTestFinished(() => void vi.unstubAllEnvs());
  const client = new DynamoDBClient({
    endpoint: url,
    region: REGION,
    credentials: CREDENTIALS,
    systemClockOffset: clock.now() - systemClock.now(),
  });
  const openWith = (over: Partial<StorePorts>, name = table): Store => {
    const store = dynamoStore(name, {
      clock,
      region: REGION,
      credentials: () => async () => CREDENTIALS,
      ...over,
    });
    onTestFinished(() => store.close());
    return store;
  };
  const item = async (what: Kept) => {
    const [pk, sk] = KEYS[what];
    const input = { TableName: table, Key: { pk: { S: pk }, sk: { S: sk } }, ConsistentRead: true };
    return (await client.send(new GetItemCommand(input))).Item;
  };
  return {
    client,
    item,
    openWith,
    called: `the DynamoDB table ${table}`,
    open: () => openWith({}),
    raw: async (what) => {
      const { body, ...rest } = (await item(what)) ?? {};
      return JSON.stringify([rest, Buffer.from(body?.B ?? []).toString('base64')]);
    },
    spoil: async (what, how) => {
      const whole = await item(what);
      const broken =
        how === 'newer' ? { format: { N: String(FORMAT + 1) } } : { body: { B: Buffer.from('\0\u0001x{') } };
      await client.send(new PutItemCommand({ TableName: table, Item: { ...whole, ...broken } }));
    },
  };
}
