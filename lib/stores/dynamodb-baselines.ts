import { randomUUID } from 'node:crypto';
import { baselineWire } from '../baseline/baseline-wire.ts';
import { type DynamoItems, unchanged, under } from './dynamodb-items.ts';
import type { DynamoTable, Item, Key } from './dynamodb-table.ts';
import { type Store, type StoredBaseline, StoreError } from './store.ts';

type Baselines = Pick<Store, 'baselines' | 'writeBaseline' | 'forgetBaseline'>;

/** An item for each signal, `baseline#cluster` / signal: one that is large or spoiled concerns no other. */
export function dynamoBaselines(table: DynamoTable, items: DynamoItems): Baselines {
  const read = (key: Key, item: Item): StoredBaseline | StoreError => {
    try {
      return { baseline: items.value(baselineWire, item), version: items.version(key, item) };
    } catch (error) {
      if (error instanceof StoreError) return error;
      throw error;
    }
  };
  return {
    baselines: async (cluster) => {
      const all = await table.query(under(keyOf(cluster, '').pk));
      return new Map(
        all.map((item) => {
          const key = keyOf(cluster, item['sk']?.S ?? '');
          return [key.sk, read(key, item)] as const;
        }),
      );
    },
    writeBaseline: async (cluster, signal, baseline, version) => {
      const by = randomUUID();
      const more = { version: { N: String(version + 1) }, by: { S: by } };
      const item = items.of(baselineWire, keyOf(cluster, signal), baseline, more);
      const outcome = await table.put(item, unchanged(version));
      // A write whose answer was lost is tried again and finds itself.
      return outcome === 'done' || outcome.found?.['by']?.S === by;
    },
    // Not conditional: it is how somebody gets rid of one that cannot be read.
    forgetBaseline: async (cluster, signal) => {
      await table.remove(keyOf(cluster, signal));
    },
  };
}

function keyOf(cluster: string, signal: string): Key {
  return { pk: `baseline#${cluster}`, sk: signal };
}
