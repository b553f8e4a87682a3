import { randomUUID } from 'node:crypto';
import { type DynamoItems, unchanged } from './dynamodb-items.ts';
import type { DynamoTable, Key } from './dynamodb-table.ts';
import type { Store } from './store.ts';
import { toldWire } from './wire.ts';

const TOLD: Key = { pk: 'compare', sk: 'told' };

/** One item, `compare` / `told`. */
export function dynamoTold(table: DynamoTable, items: DynamoItems): Pick<Store, 'told' | 'writeTold'> {
  return {
    told: async () => {
      const item = await table.get(TOLD);
      const version = items.version(TOLD, item);
      return { told: item ? items.value(toldWire, item).told : [], version };
    },
    writeTold: async (told, version) => {
      const by = randomUUID();
      const more = { version: { N: String(version + 1) }, by: { S: by } };
      const outcome = await table.put(items.of(toldWire, TOLD, { told }, more), unchanged(version));
      return items.isWritten(TOLD, by, version, outcome);
    },
  };
}
