import { expect, onTestFinished, test } from 'vitest';
import { dispatch } from '../../lib/dispatch/dispatch.ts';
import { startDynamoDB } from '../../rehearsal/dynamodb.ts';
import { fakeClock, testPorts } from '../support/ports.ts';
import { signal } from '../support/world.ts';
import { CREDENTIALS, DAY, MINUTE, NOW } from './memories.ts';
import { REGION, tableAt } from './tables.ts';

const TABLE = 'plumbline-live-state';
const HEALTHY = 80;

test('a tick costs what docs/stores.md says, whatever the number of clusters', async () => {
  const clock = fakeClock(NOW);
  const settings = { clock, region: REGION, credentials: [CREDENTIALS], table: TABLE, pageSize: 1000 };
  const dynamoDB = await startDynamoDB(settings);
  onTestFinished(() => dynamoDB.close());
  const store = tableAt(dynamoDB.url, TABLE, clock).open();
  const clusters = Array.from({ length: HEALTHY }, (_, index) => ({
    cluster: { name: `prod-${index}`, region: REGION, signals: [{ judged: true, signal: signal() }] },
    everyMs: 5 * MINUTE,
  }));
  for (const { cluster, everyMs } of clusters) {
    const runs = Array.from({ length: 8 }, (_, index) => {
      const at = NOW - index * 5 * MINUTE;
      return { id: new Date(at).toISOString(), at };
    });
    await store.write(cluster.name, { runs, everyMs, signals: {} }, 0);
  }
  const tick = async (at: number) => {
    const ports = testPorts({ clock });
    return dispatch(
      at,
      clusters,
      { verdict: 'ok' },
      {
        ...ports,
        alerts: { failAfter: 2, recoverAfter: 2, blindAfter: 3, remindEvery: DAY, mutes: [] },
        notifiers: [],
        store,
        sending: { ...ports, resolve: async (value) => ({ value }) },
        send: async () => new Map(),
        keepConfig: async () => {},
        heartbeat: undefined,
        log: () => {},
        stage: 'live',
        emit: () => {},
      },
    );
  };
  await tick(NOW);
  for (const [minute, sent] of [
    [1, 0],
    [5, HEALTHY],
  ] as const) {
    clock.advance(NOW + minute * MINUTE - clock.now());
    Object.assign(dynamoDB.consumed, { read: 0, write: 0 });
    const before = dynamoDB.requests.length;
    expect(await tick(NOW + minute * MINUTE)).toMatchObject({ sent, forgotten: 0, defects: 0 });
    const made = dynamoDB.requests.slice(before).map(String).toSorted();
    expect(made).toEqual(['GetItem', 'PutItem', 'Query', 'Query', 'Query']);
    expect(dynamoDB.consumed.write).toBeLessThanOrEqual(2);
    // The list is read whole: some 400 bytes a healthy cluster, a unit for each 4 KB; and three for the others.
    expect(dynamoDB.consumed.read).toBeLessThanOrEqual(3 + HEALTHY / 10);
  }
});
