import { HELD_MS, type HeldKey } from '../dispatch/held.ts';
import { type DynamoItems, numberOf, under } from './dynamodb-items.ts';
import type { DynamoTable, Key } from './dynamodb-table.ts';
import { lastRun, readableOf } from './once.ts';
import type { Store } from './store.ts';
import { heldWire, keptWire } from './wire.ts';

type Dispatch = Pick<Store, 'lastRuns' | 'hold' | 'held' | 'release' | 'keepConfig' | 'keptConfig'>;

/** What `dispatch` needs: an item for each run that is held, `held` / time#cluster#id, and for a configuration, `config` / place. */
export function dynamoDispatch(table: DynamoTable, items: DynamoItems): Dispatch {
  return {
    lastRuns: async () => {
      const all = await table.query({ ...under('cluster'), ProjectionExpression: 'sk, ranAt, everyMs' });
      return new Map(
        all.map((item) => [item['sk']?.S ?? '', lastRun(numberOf(item['ranAt']), numberOf(item['everyMs']))]),
      );
    },

    hold: async (run) => {
      const expires = { N: String(Math.ceil((run.at + HELD_MS) / 1000)) };
      await table.put(items.of(heldWire, keyOf(run), run, { expires }));
    },
    held: async (now) => {
      const all = await table.query({
        KeyConditionExpression: 'pk = :pk AND sk >= :first',
        ExpressionAttributeValues: {
          ':pk': { S: 'held' },
          ':first': { S: new Date(now - HELD_MS).toISOString() },
        },
      });
      return all.flatMap((item) => readableOf(() => items.value(heldWire, item)));
    },
    release: async (run) => void (await table.remove(keyOf(run))),

    keepConfig: async (place, kept) =>
      void (await table.put(items.of(keptWire, { pk: 'config', sk: place }, kept))),
    keptConfig: async (place) => {
      const item = await table.get({ pk: 'config', sk: place });
      return item && items.value(keptWire, item);
    },
  };
}

function keyOf({ at, cluster, by }: HeldKey): Key {
  const invocation = by === undefined ? '' : `#${by}`;
  return { pk: 'held', sk: `${new Date(at).toISOString()}#${cluster}${invocation}` };
}
