import {
  type AttributeValue,
  DeleteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  type QueryCommandInput,
} from '@aws-sdk/client-dynamodb';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type DynamoDBOptions, startDynamoDB } from '../../rehearsal/dynamodb.ts';
import { signedFetch } from '../support/signed-fetch.ts';

const NOW = Date.parse('2026-11-20T12:00:00.000Z');
const CREDENTIALS = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' };
const TABLE = 'plumbline-live-state';

async function simulated(over: Partial<DynamoDBOptions> = {}) {
  const common = { clock: { now: () => NOW }, region: 'eu-west-1', credentials: [CREDENTIALS], table: TABLE };
  const dynamoDB = await startDynamoDB({ ...common, ...over });
  onTestFinished(() => dynamoDB.close());
  const client = new DynamoDBClient({
    endpoint: dynamoDB.url,
    region: 'eu-west-1',
    credentials: CREDENTIALS,
    maxAttempts: 1,
    systemClockOffset: NOW - Date.now(),
  });
  const put = (sk: string, more: Record<string, AttributeValue> = {}, condition = {}) =>
    client.send(
      new PutItemCommand({
        TableName: TABLE,
        Item: { pk: { S: 'a' }, sk: { S: sk }, ...more },
        ...condition,
      }),
    );
  const query = (input: Partial<QueryCommandInput> = {}) =>
    client.send(
      new QueryCommand({
        TableName: TABLE,
        ConsistentRead: true,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': { S: 'a' } },
        ...input,
      }),
    );
  const get = async (sk: string) =>
    (
      await client.send(
        new GetItemCommand({
          TableName: TABLE,
          Key: { pk: { S: 'a' }, sk: { S: sk } },
          ConsistentRead: true,
        }),
      )
    ).Item;
  return { dynamoDB, client, put, query, get };
}

const ABSENT = { ConditionExpression: 'attribute_not_exists(pk)' };

describe('items', () => {
  test('are put, read and deleted', async () => {
    const { put, get, client } = await simulated();
    const more = { version: { N: '1' }, body: { B: Buffer.from([0, 255]) } };
    await put('x', more);
    expect(await get('x')).toEqual({
      pk: { S: 'a' },
      sk: { S: 'x' },
      ...more,
      body: { B: Uint8Array.of(0, 255) },
    });
    await client.send(new DeleteItemCommand({ TableName: TABLE, Key: { pk: { S: 'a' }, sk: { S: 'x' } } }));
    expect(await get('x')).toBeUndefined();
  });

  test('are written under conditions, and told where those do not hold', async () => {
    const { put, get } = await simulated();
    await put('x', { version: { N: '2' } }, ABSENT);
    const failed = { name: 'ConditionalCheckFailedException', message: 'The conditional request failed' };
    const telling = { ...ABSENT, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' };
    await expect(put('x', {}, telling)).rejects.toMatchObject({ ...failed, Item: { version: { N: '2' } } });
    await expect(put('x', {}, ABSENT)).rejects.toSatisfy(
      (error: object) => !('Item' in error) || !error.Item,
    );
    const at = (version: string, operator = '=') => ({
      ConditionExpression: `#v ${operator} :v`,
      ExpressionAttributeNames: { '#v': 'version' },
      ExpressionAttributeValues: { ':v': { N: version } },
    });
    await expect(put('x', {}, at('10'))).rejects.toMatchObject(failed);
    await expect(put('x', {}, at('1', '<='))).rejects.toMatchObject(failed);
    await expect(put('y', {}, at('1'))).rejects.toMatchObject(failed);
    await put('x', { version: { N: '3' } }, at('10', '<='));
    expect(await get('x')).toMatchObject({ version: { N: '3' } });
  });

  test('are given in pages, in the order of their bytes, from a key on', async () => {
    const { put, query } = await simulated({ pageSize: 2 });
    for (const sk of ['b', 'a', '￿', '👩', 'ab']) await put(sk);
    const pages: (string | undefined)[][] = [];
    let start: QueryCommandInput['ExclusiveStartKey'];
    do {
      const page = await query({ ExclusiveStartKey: start, ProjectionExpression: 'sk' });
      pages.push(page.Items?.map(({ sk }) => sk?.S) ?? []);
      expect(page.Items?.[0]).not.toHaveProperty('pk');
      start = page.LastEvaluatedKey;
    } while (start);
    expect(pages).toEqual([['a', 'ab'], ['b', '￿'], ['👩']]);
    const values = { ':pk': { S: 'a' }, ':from': { S: 'b' } };
    const late = await query({
      KeyConditionExpression: 'pk = :pk AND sk >= :from',
      ExpressionAttributeValues: values,
    });
    expect(late.Items?.map(({ sk }) => sk?.S)).toEqual(['b', '￿']);
  });

  test('that are over stay, as they do for days', async () => {
    const { put, get } = await simulated();
    await put('x', { expires: { N: '1' } });
    expect(await get('x')).toBeDefined();
  });

  test('cost units by the kilobyte', async () => {
    const { put, get, dynamoDB } = await simulated();
    await put('x', { body: { B: Buffer.alloc(1500) } });
    await get('x');
    await get('y');
    expect(dynamoDB.consumed).toEqual({ read: 2, write: 2 });
  });
});

describe('refused is', () => {
  const invalid = (said: RegExp) => ({
    name: 'ValidationException',
    message: expect.stringMatching(said) as string,
  });

  test.each<[string, Record<string, AttributeValue>, object, RegExp]>([
    ['an empty key', { sk: { S: '' } }, {}, /empty or too long/],
    ['a long key', { sk: { S: 'x'.repeat(1025) } }, {}, /empty or too long/],
    ['a key of another type', { sk: { N: '1' } }, {}, /Type mismatch for key sk/],
    ['a large item', { body: { B: Buffer.alloc(400 * 1024) } }, {}, /Item size has exceeded/],
    ['a type that is not simulated', { more: { BOOL: true } }, {}, /not simulated/],
    ['a parameter that is not simulated', {}, { ReturnValues: 'ALL_OLD' }, /not simulated/],
    ['a condition that is not simulated', {}, { ConditionExpression: 'size(pk) > :x' }, /not simulated/],
    ['a name that is not used', {}, { ...ABSENT, ExpressionAttributeNames: { '#a': 'a' } }, /unused/],
  ])('%s', async (_, more, condition, said) => {
    const { put } = await simulated();
    await expect(put('x', more, condition)).rejects.toMatchObject(invalid(said));
  });

  test('a key that is more than the key, or less', async () => {
    const { client } = await simulated();
    const remove = (Key: Record<string, AttributeValue>) =>
      client.send(new DeleteItemCommand({ TableName: TABLE, Key }));
    await expect(remove({ pk: { S: 'a' } })).rejects.toMatchObject(invalid(/Missing the key sk/));
    const key = { pk: { S: 'a' }, sk: { S: 'a' }, more: { S: 'a' } };
    await expect(remove(key)).rejects.toMatchObject(invalid(/does not match the schema/));
  });

  test('another key condition, and a read that may be old', async () => {
    const { query } = await simulated();
    await expect(query({ KeyConditionExpression: 'begins_with(sk, :pk)' })).rejects.toMatchObject(
      invalid(/KeyCondition/),
    );
    await expect(query({ ConsistentRead: false })).rejects.toMatchObject(invalid(/ConsistentRead/));
  });

  test('another table', async () => {
    const { query } = await simulated();
    await expect(query({ TableName: 'other' })).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });

  test.each([
    ['no signature', undefined, 'DynamoDB_20120810.Query', 'MissingAuthenticationTokenException'],
    ['another service', 'monitoring', 'DynamoDB_20120810.Query', 'InvalidSignatureException'],
    ['another operation', 'dynamodb', 'DynamoDB_20120810.Scan', 'UnknownOperationException'],
  ])('%s', async (_, service, target, type) => {
    const { dynamoDB } = await simulated();
    const headers = { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': target };
    const request = { method: 'POST', headers, body: '{}' };
    const signing = { ...CREDENTIALS, region: 'eu-west-1', service: service ?? '', at: NOW };
    const response = await (service === undefined
      ? fetch(`${dynamoDB.url}/`, request)
      : signedFetch(`${dynamoDB.url}/`, request, signing));
    expect([response.status, await response.json()]).toMatchObject([
      400,
      { __type: `com.amazon.coral.service#${type}` },
    ]);
  });
});

describe('faults', () => {
  test('deny an action until it is allowed', async () => {
    const { dynamoDB, query } = await simulated();
    dynamoDB.deny('dynamodb:Query');
    await expect(query()).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringContaining(
        'not authorized to perform: dynamodb:Query on resource: arn:aws:dynamodb:eu-west-1:111122223333:table/plumbline',
      ) as string,
    });
    dynamoDB.allow('dynamodb:Query');
    await expect(query()).resolves.toMatchObject({ Count: 0 });
  });

  test('throttle so many requests', async () => {
    const { dynamoDB, query } = await simulated();
    dynamoDB.throttle(1);
    await expect(query()).rejects.toMatchObject({ name: 'ProvisionedThroughputExceededException' });
    await expect(query()).resolves.toMatchObject({ Count: 0 });
    expect(dynamoDB.requests).toEqual(['Query', 'Query']);
  });

  test('lose the answer to what was done', async () => {
    const { dynamoDB, put, get } = await simulated();
    dynamoDB.loseAnswers('PutItem', 1);
    await expect(put('x')).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(await get('x')).toBeDefined();
    await put('y');
  });

  test('never answer, nor do, what is asked', async () => {
    const { dynamoDB, client } = await simulated();
    dynamoDB.hang(1);
    const command = new PutItemCommand({ TableName: TABLE, Item: { pk: { S: 'a' }, sk: { S: 'x' } } });
    const impatient = client.send(command, { abortSignal: AbortSignal.timeout(50) });
    await expect(impatient).rejects.toMatchObject({ name: 'AbortError' });
    expect(dynamoDB.items.size).toBe(0);
  });
});
