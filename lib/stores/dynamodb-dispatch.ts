import { HELD_MS, type HeldKey } from '../dispatch/held.ts';
import type { ClusterMemory } from '../incidents/memory.ts';
import { lastRunOf, standingOf } from '../incidents/standing.ts';
import { type DynamoItems, numberOf, under } from './dynamodb-items.ts';
import type { DynamoTable, Item, Key } from './dynamodb-table.ts';
import { readableOf } from './once.ts';
import type { Store } from './store.ts';
import { heldWire, keptWire } from './wire.ts';

type Dispatch = Pick<Store, 'standings' | 'hold' | 'held' | 'release' | 'keepConfig' | 'keptConfig'>;

/** What `dispatch` needs: an item for each run that is held, `held` / time#cluster#id, and for a configuration, `config` / place. */
export function dynamoDispatch(table: DynamoTable, items: DynamoItems): Dispatch {
  return {
    standings: async () => {
      const all = await table.query({
        ...under('cluster'),
        ProjectionExpression: 'sk, ranAt, everyMs, blind, owedFrom',
      });
      return new Map(
        all.map(({ sk, ranAt, everyMs, blind, owedFrom }) => [
          sk?.S ?? '',
          {
            lastRun: lastRunOf(numberOf(ranAt), numberOf(everyMs)),
            blind: numberOf(blind) ?? 0,
            owedFrom: numberOf(owedFrom),
          },
        ]),
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

/** How a memory stands, beside its body, so that it can be asked of all clusters at once. */
export function standingItem(memory: ClusterMemory): Item {
  const { lastRun, blind, owedFrom } = standingOf(memory);
  const numbers = { ranAt: lastRun?.at, everyMs: lastRun?.everyMs, blind: blind || undefined, owedFrom };
  return Object.fromEntries(
    Object.entries(numbers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, { N: String(value) }] as const],
    ),
  );
}

function keyOf({ at, cluster, by }: HeldKey): Key {
  const invocation = by === undefined ? '' : `#${by}`;
  return { pk: 'held', sk: `${new Date(at).toISOString()}#${cluster}${invocation}` };
}
