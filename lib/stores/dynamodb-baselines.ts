import { randomUUID } from 'node:crypto';
import { baselineWire } from '../baseline/baseline-wire.ts';
import { type DynamoItems, unchanged, under } from './dynamodb-items.ts';
import type { DynamoTable, Item, Key } from './dynamodb-table.ts';
import { orTrouble } from './once.ts';
import type { Store, StoredBaseline } from './store.ts';

type Baselines = Pick<Store, 'baselines' | 'writeBaseline' | 'forgetBaseline'>;

/** An item for each signal, `baseline#cluster` / signal: one that is large or spoiled concerns no other. */
export function dynamoBaselines(table: DynamoTable, items: DynamoItems): Baselines {
  const read = (key: Key, item: Item): StoredBaseline => ({
    baseline: items.value(baselineWire, item),
    version: items.version(key, item),
  });
  return {
    baselines: async (cluster) => {
      const all = await table.query(under(keyOf(cluster, '').pk));
      const readOne = async (item: Item) => {
        const key = keyOf(cluster, item['sk']?.S ?? '');
        return [key.sk, await orTrouble(() => read(key, item))] as const;
      };
      return new Map(await Promise.all(all.map(readOne)));
    },
    writeBaseline: async (cluster, signal, baseline, version) => {
      const by = randomUUID();
      const more = { version: { N: String(version + 1) }, by: { S: by } };
      const item = items.of(baselineWire, keyOf(cluster, signal), baseline, more);
      const outcome = await table.put(item, unchanged(version));
      return items.isWritten(keyOf(cluster, signal), by, version, outcome);
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
