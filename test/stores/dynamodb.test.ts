import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, onTestFinished, test } from 'vitest';
import { NOTHING } from '../../lib/incidents/memory.ts';
import type { PlannedCluster } from '../../lib/plan.ts';
import type { Store } from '../../lib/stores/store.ts';
import { watch } from '../../lib/watch.ts';
import { startDynamoDB } from '../../rehearsal/dynamodb.ts';
import { serve, vector } from '../support/http.ts';
import { fakeClock, testPorts } from '../support/ports.ts';
import { signal } from '../support/world.ts';
import { storeContract } from './contract.ts';
import { CREDENTIALS, DAY, memory, MINUTE, mute, NOW, outage, run } from './memories.ts';
import { REGION, tableAt } from './tables.ts';

const TABLE = 'plumbline-live-state';

async function simulated({ pageSize = 100 } = {}) {
  const clock = fakeClock(NOW);
  const dynamoDB = await startDynamoDB({
    clock,
    region: REGION,
    credentials: [CREDENTIALS],
    table: TABLE,
    pageSize,
  });
  onTestFinished(() => dynamoDB.close());
  return { ...tableAt(dynamoDB.url, TABLE, clock), dynamoDB, clock };
}

storeContract(simulated);

/** A table that everybody is answered the same for, with 200 where no status is given. */
async function answering(body: string, { status = 200, over = {} } = {}) {
  const server = await serve((_request, response) => void response.writeHead(status).end(body));
  return { store: tableAt(server.url, TABLE, fakeClock(NOW)).openWith(over), requests: server.requests };
}

describe('what answers', () => {
  test.each(['{}', 'null', '[]', '', '{"Answer":{"of":["another","API"]}}'])(
    '%j with 200 is no memory that holds nothing, and did not write',
    async (body) => {
      const { store } = await answering(body);
      const asked: readonly (() => Promise<unknown>)[] = [
        () => store.clusters(),
        () => store.read('prod-eu'),
        () => store.told(),
        () => store.write('prod-eu', memory(), 0),
        () => store.addRun(run()),
        () => store.addMute(mute()),
        () => store.forgetBaseline('prod-eu', 'canary'),
        () => store.keptConfig('s3://config/plumbline.json'),
      ];
      for (const ask of asked)
        await expect(ask()).rejects.toMatchObject({ name: 'StoreError', trouble: 'unreachable' });
    },
  );

  test('a query without an end is left', async () => {
    const page = {
      Items: [],
      ConsumedCapacity: {},
      LastEvaluatedKey: { pk: { S: 'mute' }, sk: { S: 'm1' } },
    };
    const { store, requests } = await answering(JSON.stringify(page));
    await expect(store.mutes(NOW)).rejects.toMatchObject({
      trouble: 'too-large',
      message: expect.stringMatching(
        /dynamodb:Query has no end: 0 MB were read, and more would come/,
      ) as string,
    });
    expect(requests).toHaveLength(1000);
  });

  test('a query of more than fits into memory is left', async () => {
    const item = { pk: { S: 'mute' }, sk: { S: 'm1' }, body: { S: 'x'.repeat(4_000_000) } };
    const page = { Items: [item], ConsumedCapacity: {}, LastEvaluatedKey: { pk: { S: 'mute' } } };
    const { store, requests } = await answering(JSON.stringify(page));
    await expect(store.mutes(NOW)).rejects.toMatchObject({ trouble: 'too-large' });
    expect(requests).toHaveLength(34);
  });

  test.each([
    [
      'TransactionConflictException',
      /refused dynamodb:PutItem for a conflict: TransactionConflictException: busy/,
    ],
    ['TransactionCanceledException', /for a conflict: .*; the next run tries again$/],
    ['ReplicatedWriteConflictException', /for a conflict/],
  ])('%s is a conflict, and no other run', async (type, words) => {
    const refusal = JSON.stringify({ __type: `com.amazonaws.dynamodb.v20120810#${type}`, message: 'busy' });
    const { store } = await answering(refusal, { status: 400 });
    await expect(store.addRun(run())).rejects.toMatchObject({
      trouble: 'throttled',
      message: expect.stringMatching(words) as string,
    });
  });

  test('late is left when the run is over', async () => {
    const { dynamoDB, openWith, clock } = await simulated();
    dynamoDB.hang(Infinity);
    const store = openWith({ deadline: () => clock.now() + 50 });
    const late = { trouble: 'timeout' };
    await expect(store.mutes(NOW)).rejects.toMatchObject(late);
    await expect(store.addRun(run())).rejects.toMatchObject({
      ...late,
      message: expect.stringMatching(/; it may have been done all the same$/) as string,
    });
  });
});

describe('a write that is refused as if another had been first', () => {
  const conflict = (item?: object) => {
    const __type = 'com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException';
    return JSON.stringify({ __type, message: 'The conditional request failed', Item: item });
  };
  const stored = (version: number) => ({
    version: { N: String(version) },
    format: { N: '1' },
    by: { S: 'x' },
  });
  const refused = { trouble: 'unreachable', message: expect.stringContaining('and none was') as string };

  test.each([
    ['nothing stands there', 0, undefined],
    ['the same version stands there', 4, stored(4)],
  ])('though %s', async (_, version, item) => {
    const { store } = await answering(conflict(item), { status: 400 });
    await expect(store.writeTold(['x'], version)).rejects.toMatchObject(refused);
  });

  test('is a lost race where another version stands there, or none any more', async () => {
    for (const item of [stored(5), undefined]) {
      const { store } = await answering(conflict(item), { status: 400 });
      expect(await store.writeTold(['x'], 4)).toBe(false);
    }
  });

  test('of a mute that is not there is no mute', async () => {
    const { store } = await answering(conflict(), { status: 400 });
    await expect(store.addMute(mute())).rejects.toMatchObject(refused);
  });
});

describe('a lost answer', () => {
  test('to a write that was done is no lost race', async () => {
    const { open, dynamoDB } = await simulated();
    for (const version of [0, 1]) {
      dynamoDB.loseAnswers('PutItem', 1);
      expect(await open().write('prod-eu', memory(), version)).toBe(true);
    }
    expect(await open().read('prod-eu')).toEqual({ memory: memory(), version: 2 });
    expect(dynamoDB.requests.filter((operation) => operation === 'PutItem').length).toBeGreaterThan(3);
  });

  test('to a write that lost its race is one', async () => {
    const { open, dynamoDB } = await simulated();
    const [winner, loser] = [open(), open()];
    await Promise.all([winner.read('prod-eu'), loser.read('prod-eu')]);
    await winner.write('prod-eu', memory(), 0);
    dynamoDB.loseAnswers('PutItem', 1);
    expect(await loser.write('prod-eu', NOTHING, 0)).toBe(false);
    expect(await open().read('prod-eu')).toEqual({ memory: memory(), version: 1 });
  });

  test('to forgetting, to a mute and to a run changes nothing', async () => {
    const { open, dynamoDB } = await simulated();
    const store = open();
    await store.write('prod-eu', memory(), 0);
    dynamoDB.loseAnswers('DeleteItem', 1);
    expect(await store.forget('prod-eu', 1)).toBe(true);
    expect(await store.clusters()).toEqual([]);
    dynamoDB.loseAnswers('PutItem', 1);
    await store.addMute(mute());
    expect(await store.mutes(NOW)).toEqual([mute()]);
    dynamoDB.loseAnswers('DeleteItem', 1);
    expect(await store.endMute('m1')).toBe(true);
    dynamoDB.loseAnswers('PutItem', 1);
    await store.addRun(run());
    expect(await store.runs('prod-eu', 0, NOW)).toEqual([run()]);
  });

  test('to every try is told as what it is', async () => {
    const { open, dynamoDB } = await simulated();
    dynamoDB.loseAnswers('PutItem', Infinity);
    await expect(open().write('prod-eu', memory(), 0)).rejects.toMatchObject({
      trouble: 'unreachable',
      message: expect.stringMatching(/PutItem: .*ECONNRESET; it may have been done all the same$/) as string,
    });
    expect(await open().read('prod-eu')).toEqual({ memory: memory(), version: 1 });
  });
});

describe('trouble', () => {
  const asking: readonly (readonly [action: string, ask: (store: Store) => Promise<unknown>])[] = [
    ['GetItem', (store) => store.read('prod-eu')],
    ['PutItem', (store) => store.addRun(run())],
    ['PutItem', (store) => store.addMute(mute())],
    ['Query', (store) => store.runs('prod-eu', 0, NOW)],
    ['Query', (store) => store.mutes(NOW)],
    ['Query', (store) => store.clusters()],
  ];

  test.each(asking)('%s that is denied is told with the action and the table', async (action, ask) => {
    const { open, dynamoDB } = await simulated();
    dynamoDB.deny(`dynamodb:${action}` as 'dynamodb:Query');
    await expect(ask(open())).rejects.toMatchObject({
      name: 'StoreError',
      trouble: 'denied',
      message: expect.stringMatching(
        new RegExp(`the DynamoDB table ${TABLE}: .*; needed: dynamodb:${action}; allow it`),
      ) as string,
    });
  });

  test('DeleteItem that is denied', async () => {
    const { open, dynamoDB } = await simulated();
    const store = open();
    await store.write('prod-eu', memory(), 0);
    dynamoDB.deny('dynamodb:DeleteItem');
    await expect(store.forget('prod-eu', 1)).rejects.toMatchObject({
      trouble: 'denied',
      message: expect.stringContaining('dynamodb:DeleteItem') as string,
    });
  });

  test('throttling that passes is not told', async () => {
    const { open, dynamoDB } = await simulated();
    dynamoDB.throttle(2);
    expect(await open().read('prod-eu')).toMatchObject({ version: 0 });
    expect(dynamoDB.requests).toHaveLength(3);
  });

  test.each([
    ['throttled', /throttled dynamodb:(GetItem|PutItem|Query): .*; the next run tries again$/],
    ['timeout', /: dynamodb:(GetItem|PutItem|Query): .*(3000 ms|; it may have been done all the same$)/],
  ] as const)('%s three times is told', async (trouble, words) => {
    const { open, dynamoDB } = await simulated();
    if (trouble === 'timeout') dynamoDB.hang(Infinity);
    else dynamoDB.throttle(Infinity);
    const troubled = { trouble, message: expect.stringMatching(words) as string };
    await Promise.all(
      asking.map(async ([, ask]) => {
        await expect(ask(open())).rejects.toMatchObject(troubled);
      }),
    );
    expect(dynamoDB.requests).toHaveLength(3 * asking.length);
  });

  test.each(asking)('%s of a table that is not there', async (_, ask) => {
    const { openWith } = await simulated();
    await expect(ask(openWith({}, 'typo'))).rejects.toMatchObject({
      trouble: 'missing',
      message: expect.stringMatching(/^there is no DynamoDB table typo: .*; create it/) as string,
    });
  });

  test('nothing listens', async () => {
    const { open, dynamoDB } = await simulated();
    await dynamoDB.close();
    await expect(open().read('prod-eu')).rejects.toMatchObject({ trouble: 'unreachable' });
  });

  test.each([
    ['no credentials', { name: 'CredentialsProviderError' }, 'denied'],
    ['a role that cannot be assumed', { name: 'AccessDenied' }, 'denied'],
  ])('%s', async (_, error, trouble) => {
    const { openWith } = await simulated();
    const credentials = () => async () => {
      throw Object.assign(new Error('no'), error);
    };
    await expect(openWith({ credentials }).read('prod-eu')).rejects.toMatchObject({ trouble });
  });

  test('a wrong clock', async () => {
    const { openWith } = await simulated();
    const clock = fakeClock(NOW - 10 * MINUTE);
    // The client corrects its clock by the refusal, and is answered.
    await expect(openWith({ clock }).read('prod-eu')).resolves.toMatchObject({ version: 0 });
  });

  test('no region, unless the table’s ARN tells it', async () => {
    const { openWith } = await simulated();
    await expect(openWith({ region: undefined }).read('prod-eu')).rejects.toMatchObject({
      trouble: 'rejected',
      message: expect.stringContaining('set AWS_REGION') as string,
    });
    const arn = `arn:aws:dynamodb:${REGION}:111122223333:table/${TABLE}`;
    expect(await openWith({ region: undefined }, arn).read('prod-eu')).toMatchObject({ version: 0 });
  });

  test('never tells a secret', async () => {
    const { openWith } = await simulated();
    const wrong = { ...CREDENTIALS, secretAccessKey: 'another-secret' };
    const error: unknown = await openWith({ credentials: () => async () => wrong })
      .read('prod-eu')
      .catch((rejection: unknown) => rejection);
    expect(error).toMatchObject({ name: 'StoreError', trouble: 'denied' });
    expect(JSON.stringify(error) + String(error)).not.toMatch(/another-secret|not-a-real-key/);
  });
});

describe('items', () => {
  test('of mutes need no right to read what is remembered of clusters', async () => {
    const { open, dynamoDB } = await simulated();
    dynamoDB.deny('dynamodb:GetItem');
    await open().addMute(mute());
    expect(await open().endMute('m1')).toBe(true);
    expect(await open().mutes(NOW)).toEqual([]);
  });

  test('of mutes that cannot be read are ended by their id', async () => {
    const { open, spoil } = await simulated();
    await open().addMute(mute());
    await spoil('mute', 'unreadable');
    expect(await open().endMute('m1')).toBe(true);
    expect(await open().mutes(NOW)).toEqual([]);
  });

  test('lie within the limit with 2,000 failing signals, with room', async () => {
    const { open, item } = await simulated();
    await open().write('prod-eu', outage(2000), 0);
    expect((await item('cluster'))?.['body']?.B?.length).toBeLessThan(340 * 1024);
  });

  test('carry what DynamoDB deletes them by', async () => {
    const { open, item } = await simulated();
    await open().addMute(mute({ until: NOW + 1500 }));
    await open().addRun(run());
    await open().write('prod-eu', memory(), 0);
    expect((await item('mute'))?.['expires']).toEqual({ N: String(NOW / 1000 + 2) });
    expect((await item('run'))?.['expires']).toEqual({ N: String(NOW / 1000 + 30 * 86_400) });
    expect(await item('cluster')).not.toHaveProperty('expires');
  });

  test('that a stranger put there are told', async () => {
    const { open, client } = await simulated();
    const key = { pk: { S: 'cluster' }, sk: { S: 'prod-eu' } };
    for (const more of [{}, { version: { S: '1' } }, { version: { N: '1' }, format: { N: '1' } }]) {
      await client.send(new PutItemCommand({ TableName: TABLE, Item: { ...key, ...more } }));
      await expect(open().read('prod-eu')).rejects.toMatchObject({ trouble: 'unreadable' });
    }
  });

  test.each([
    [1, 5, ['GetItem', 'GetItem', 'PutItem', 'PutItem', 'Query']],
    [5, 17, Array.from({ length: 5 }, () => ['GetItem', 'GetItem', 'PutItem', 'PutItem', 'Query']).flat()],
  ])('of %i healthy clusters cost what docs/stores.md says', async (count, read, requests) => {
    const { open, dynamoDB, clock } = await simulated();
    const { url } = await serve((_request, response) => void response.end(vector([[{}, '3']])));
    const clusters = Array.from({ length: count }, (_, at): PlannedCluster => ({
      name: `prod-${at}`,
      region: REGION,
      signals: Array.from({ length: 20 }, (_signal, index) => ({
        judged: true,
        signal: signal({ name: `service-${index}-requests`, address: `${url}/${at}/${index}` }),
      })),
    }));
    const tick = (name: string) => {
      clock.advance(5 * MINUTE);
      const ports = testPorts({ clock });
      const identity = { id: `${name}-0123456789abcdef`, at: clock.now(), isConfirmation: false };
      return watch(clusters, identity, {
        ...ports,
        toolVersion: 'test',
        alerts: { failAfter: 2, recoverAfter: 2, blindAfter: 3, remindEvery: DAY, mutes: [] },
        notifiers: [],
        store: open(),
        watched: clusters,
        sending: { ...ports, resolve: async (value) => ({ value }) },
        log: () => {},
        stage: 'live',
        emit: () => {},
      });
    };
    for (let index = 0; index < 10; index += 1) await tick(`run-${index}`);
    Object.assign(dynamoDB.consumed, { read: 0, write: 0 });
    const before = dynamoDB.requests.length;
    const { clusters: told, ...trouble } = await tick('run');
    expect(told.map(({ verdict }) => verdict)).toEqual(clusters.map(() => 'ok'));
    expect(trouble).toEqual({ undelivered: 0, forgotten: 0, defects: 0 });
    expect(dynamoDB.consumed).toEqual({ read, write: 2 * count });
    // And two for all clusters together: their list, and the mutes.
    const made = dynamoDB.requests.slice(before).map(String);
    expect(made.toSorted()).toEqual([...requests, 'Query', 'Query'].toSorted());
  });

  test('of clusters are read whole for the list of their names', async () => {
    const { open, dynamoDB } = await simulated();
    for (const name of ['a', 'b']) await open().write(name, outage(100), 0);
    Object.assign(dynamoDB.consumed, { read: 0, write: 0 });
    expect(await open().clusters()).toEqual(['a', 'b']);
    const listed = dynamoDB.consumed.read;
    await Promise.all(['a', 'b'].map((name) => open().read(name)));
    expect(listed).toBeGreaterThan(4);
    expect(dynamoDB.consumed.read - listed).toBeLessThanOrEqual(listed + 2);
  });
});
