import { HELD_MS, type HeldRun } from '../dispatch/held.ts';
import type { ClusterMemory } from '../incidents/memory.ts';
import { standingOf } from '../incidents/standing.ts';
import { type DynamoItems, numberOf, under } from './dynamodb-items.ts';
import type { DynamoTable, Item, Key } from './dynamodb-table.ts';
import { readableOf } from './once.ts';
import type { Store } from './store.ts';
import { heldWire, keptWire } from './wire.ts';

type Dispatch = Pick<Store, 'standings' | 'hold' | 'held' | 'release' | 'keepConfig' | 'keptConfig'>;

/** What `dispatch` needs: an item for each run that is held, `held` / time#cluster, and for a configuration, `config` / place. */
export function dynamoDispatch(table: DynamoTable, items: DynamoItems): Dispatch {
  return {
    standings: async () => {
      const all = await table.query({
        ...under('cluster'),
        ProjectionExpression: 'sk, ranAt, blind, owedFrom',
      });
      return new Map(
        all.map(({ sk, ranAt, blind, owedFrom }) => [
          sk?.S ?? '',
          { ranAt: numberOf(ranAt), blind: numberOf(blind) ?? 0, owedFrom: numberOf(owedFrom) },
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
  const { ranAt, blind, owedFrom } = standingOf(memory);
  return {
    ...(ranAt === undefined ? {} : { ranAt: { N: String(ranAt) } }),
    ...(blind === 0 ? {} : { blind: { N: String(blind) } }),
    ...(owedFrom === undefined ? {} : { owedFrom: { N: String(owedFrom) } }),
  };
}

function keyOf({ at, cluster }: Pick<HeldRun, 'at' | 'cluster'>): Key {
  return { pk: 'held', sk: `${new Date(at).toISOString()}#${cluster}` };
}
