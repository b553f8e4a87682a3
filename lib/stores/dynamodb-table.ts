import type { AttributeValue, DynamoDBClient, QueryCommandInput } from '@aws-sdk/client-dynamodb';
import { bounded, requestHandler } from '../aws/bounded.ts';
import { systemClock } from '../clock.ts';
import { dynamoTrouble } from './dynamodb-trouble.ts';
import { StoreError, type StorePorts } from './store.ts';

export type Item = Readonly<Record<string, AttributeValue>>;

export interface Key {
  readonly pk: string;
  readonly sk: string;
}

/** Under which condition something is written, in DynamoDB's words. */
export interface Condition {
  readonly ConditionExpression: string;
  readonly ExpressionAttributeNames?: Record<string, string>;
  readonly ExpressionAttributeValues?: Record<string, AttributeValue>;
}

/** Done, or what stood there instead when the condition did not hold; `tries` above 1 say that an answer was lost. */
export type Outcome = 'done' | { readonly found: Item | undefined; readonly tries: number };

/** One table. Everything rejects with a StoreError, and with nothing else, for what the outside does. */
export interface DynamoTable {
  get(key: Key): Promise<Item | undefined>;
  put(item: Item, condition?: Condition): Promise<Outcome>;
  remove(key: Key, condition?: Condition): Promise<Outcome>;
  /** All pages of what the conditions select, in the order of the sort key. */
  query(conditions: Omit<QueryCommandInput, 'TableName'>): Promise<readonly Item[]>;
  close(): void;
}

interface Opened extends Omit<typeof import('../aws/dynamodb.ts'), 'DynamoDBClient'> {
  readonly client: DynamoDBClient;
}

/** Three tries of this length, so that a run is not lost to one connection that hangs. */
const PATIENCE = { connectMs: 2000, answerMs: 3000 };
const LOST_A_RACE = 'ConditionalCheckFailedException';

/** A table by its name or ARN; the SDK is loaded when it is first asked. */
export function dynamoTable(table: string, ports: StorePorts): DynamoTable {
  let opened: Promise<Opened> | undefined;
  let client: DynamoDBClient | undefined;

  const ask = async <T>(action: string, send: (dynamo: Opened) => Promise<T>): Promise<T> => {
    try {
      opened ??= open(table, ports);
      const dynamo = await opened;
      client = dynamo.client;
      return await send(dynamo);
    } catch (error) {
      throw dynamoTrouble(error, `dynamodb:${action}`, table);
    }
  };

  const conditionally = (action: string, send: (dynamo: Opened) => Promise<unknown>): Promise<Outcome> =>
    ask(action, async (dynamo) => {
      try {
        await send(dynamo);
        return 'done';
      } catch (error) {
        if (!(error instanceof Error) || error.name !== LOST_A_RACE) throw error;
        const { Item, $metadata } = error as Error & { Item?: Item; $metadata?: { attempts?: number } };
        return { found: Item, tries: $metadata?.attempts ?? 1 };
      }
    });

  return {
    get: (key) =>
      ask('GetItem', async ({ client, GetItemCommand }) => {
        const input = { TableName: table, Key: keyItem(key), ConsistentRead: true };
        return (await client.send(new GetItemCommand(input))).Item;
      }),
    put: (item, condition) =>
      conditionally('PutItem', ({ client, PutItemCommand }) =>
        client.send(
          new PutItemCommand({
            TableName: table,
            Item: item,
            ...(condition ? tellingWhatStood(condition) : {}),
          }),
        ),
      ),
    remove: (key, condition) =>
      conditionally('DeleteItem', ({ client, DeleteItemCommand }) =>
        client.send(
          new DeleteItemCommand({
            TableName: table,
            Key: keyItem(key),
            ...(condition ? tellingWhatStood(condition) : {}),
          }),
        ),
      ),
    query: async (conditions) => {
      const items: Item[] = [];
      let from: Record<string, AttributeValue> | undefined;
      do {
        const input = { TableName: table, ConsistentRead: true, ...conditions };
        const start = from ? { ExclusiveStartKey: from } : {};
        const page = await ask('Query', ({ client, QueryCommand }) =>
          client.send(new QueryCommand({ ...input, ...start })),
        );
        if (!page.Items) throw new StoreError('unreachable', notDynamo(table));
        for (const item of page.Items) items.push(item);
        from = page.LastEvaluatedKey;
      } while (from);
      return items;
    },
    close: () => {
      client?.destroy();
      opened = undefined;
    },
  };
}

/** A page without its list is no memory that is empty: incidents that are open would be forgotten. */
function notDynamo(table: string): string {
  return `what answers for the DynamoDB table ${table} is not DynamoDB: the answer to dynamodb:Query has no Items`;
}

function tellingWhatStood(condition: Condition) {
  return { ...condition, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const };
}

function keyItem({ pk, sk }: Key): Record<string, AttributeValue> {
  return { pk: { S: pk }, sk: { S: sk } };
}

async function open(table: string, ports: StorePorts): Promise<Opened> {
  const region = /^arn:[^:]+:dynamodb:([^:]+):/.exec(table)?.[1] ?? ports.region;
  if (!region) {
    throw new StoreError(
      'rejected',
      `the region of the DynamoDB table ${table} is not known; set AWS_REGION, or write the table's ARN`,
    );
  }
  const { DynamoDBClient, ...commands } = await import('../aws/dynamodb.ts');
  const credentials = ports.credentials({ region, role: undefined, externalId: undefined });
  const client = new DynamoDBClient({
    region,
    credentials: () => credentials(),
    maxAttempts: 3,
    requestHandler: requestHandler(PATIENCE),
    systemClockOffset: ports.clock.now() - systemClock.now(),
  });
  return { client: bounded(client, { patience: PATIENCE }), ...commands };
}
