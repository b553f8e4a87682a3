import type {
  AttributeValue,
  ConsumedCapacity,
  DynamoDBClient,
  QueryCommandInput,
  ReturnConsumedCapacity,
} from '@aws-sdk/client-dynamodb';
import { bounded, requestHandler } from '../aws/bounded.ts';
import { systemClock } from '../clock.ts';
import { dynamoTrouble, endless, notDynamo } from './dynamodb-trouble.ts';
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

/**
 * One table. Everything rejects with a StoreError, and with nothing else, for what the outside does; what does not say what
 * it consumed is not DynamoDB's answer: nothing was read, and whether anything was written is not known.
 */
export interface DynamoTable {
  get(key: Key): Promise<Item | undefined>;
  put(item: Item, condition?: Condition): Promise<Outcome>;
  remove(key: Key, condition?: Condition): Promise<Outcome>;
  /** All pages of what the conditions select, in the order of the sort key: up to 1,000 pages, and 128 MB. */
  query(conditions: Omit<QueryCommandInput, 'TableName'>): Promise<readonly Item[]>;
  close(): void;
}

interface Opened extends Omit<typeof import('../aws/dynamodb.ts'), 'DynamoDBClient'> {
  readonly client: DynamoDBClient;
}

interface RequestOptions {
  readonly abortSignal?: AbortSignal;
}

interface Answer {
  readonly ConsumedCapacity?: ConsumedCapacity | undefined;
}

type Asked = readonly [dynamo: Opened, options: RequestOptions];

/** Three tries of this length, so that a run is not lost to one connection that hangs. */
const PATIENCE = { connectMs: 2000, answerMs: 3000 };
const LOST_A_RACE = 'ConditionalCheckFailedException';
/** Pages have about a megabyte; what goes on for longer is no memory of Plumbline's. */
const MOST_PAGES = 1000;
/** A quarter of a function's memory. */
const MOST_QUERY_BYTES = 128 * 1024 * 1024;
/** `{}` is DynamoDB's answer to a write, and to a read where nothing is, but also what a broken proxy answers. */
const SAYING_WHAT_IT_CONSUMED = { ReturnConsumedCapacity: 'TOTAL' satisfies ReturnConsumedCapacity } as const;

/** A table by its name or ARN; the SDK is loaded when it is first asked. */
export function dynamoTable(table: string, ports: StorePorts): DynamoTable {
  let opened: Promise<Opened> | undefined;
  let client: DynamoDBClient | undefined;

  const ask = async <Output extends Answer>(
    action: string,
    send: (...asked: Asked) => Promise<Output>,
  ): Promise<Output> => {
    try {
      opened ??= open(table, ports);
      const dynamo = await opened;
      client = dynamo.client;
      const output = await send(dynamo, untilDeadline(ports));
      if (!output.ConsumedCapacity) throw notDynamo(action, table);
      return output;
    } catch (error) {
      throw dynamoTrouble(error, `dynamodb:${action}`, table);
    }
  };

  const conditionally = async (
    action: string,
    send: (...asked: Asked) => Promise<Answer>,
  ): Promise<Outcome> => {
    const { outcome } = await ask(action, async (...asked): Promise<Answer & { outcome: Outcome }> => {
      try {
        const { ConsumedCapacity } = await send(...asked);
        return { outcome: 'done', ConsumedCapacity };
      } catch (error) {
        if (!(error instanceof Error) || error.name !== LOST_A_RACE) throw error;
        const { Item, $metadata } = error as Error & { Item?: Item; $metadata?: { attempts?: number } };
        return { outcome: { found: Item, tries: $metadata?.attempts ?? 1 }, ConsumedCapacity: {} };
      }
    });
    return outcome;
  };

  return {
    get: async (key) => {
      const input = { ...reading(table), Key: keyItem(key) };
      const { Item } = await ask('GetItem', ({ client, GetItemCommand }, options) =>
        client.send(new GetItemCommand(input), options),
      );
      return Item;
    },
    put: (item, condition) =>
      conditionally('PutItem', ({ client, PutItemCommand }, options) =>
        client.send(new PutItemCommand({ ...writing(table, condition), Item: item }), options),
      ),
    remove: (key, condition) =>
      conditionally('DeleteItem', ({ client, DeleteItemCommand }, options) =>
        client.send(new DeleteItemCommand({ ...writing(table, condition), Key: keyItem(key) }), options),
      ),
    query: async (conditions) => {
      const items: Item[] = [];
      let bytes = 0;
      let from: Record<string, AttributeValue> | undefined;
      for (let pages = 0; pages < MOST_PAGES && bytes < MOST_QUERY_BYTES; pages += 1) {
        const start = from ? { ExclusiveStartKey: from } : {};
        const input = { ...reading(table), ...conditions, ...start };
        const { Items, LastEvaluatedKey: last } = await ask('Query', ({ client, QueryCommand }, options) =>
          client.send(new QueryCommand(input), options),
        );
        // A page without its list is no memory that is empty: incidents that are open would be forgotten.
        if (!Items) throw notDynamo('Query', table);
        for (const item of Items) {
          items.push(item);
          bytes += bytesOf(item);
        }
        if (!last) return items;
        from = last;
      }
      throw endless(table, bytes);
    },
    close: () => {
      client?.destroy();
      opened = undefined;
    },
  };
}

function reading(table: string) {
  return { TableName: table, ConsistentRead: true, ...SAYING_WHAT_IT_CONSUMED };
}

function writing(table: string, condition: Condition | undefined) {
  const tellingWhatStood = { ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const };
  return {
    TableName: table,
    ...SAYING_WHAT_IT_CONSUMED,
    ...(condition && { ...condition, ...tellingWhatStood }),
  };
}

function bytesOf(item: Item): number {
  return Object.values(item).reduce(
    (sum, { B, S, N }) => sum + (B?.byteLength ?? S?.length ?? N?.length ?? 0),
    0,
  );
}

function untilDeadline({ deadline, clock }: StorePorts): RequestOptions {
  if (!deadline) return {};
  return { abortSignal: AbortSignal.timeout(Math.max(1, Math.ceil(deadline() - clock.now()))) };
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
