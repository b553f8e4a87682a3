import { randomUUID } from 'node:crypto';
import { HISTORY_MS } from '../history.ts';
import { NOTHING } from '../incidents/memory.ts';
import { dynamoBaselines } from './dynamodb-baselines.ts';
import { dynamoDispatch, standingItem } from './dynamodb-dispatch.ts';
import { ABSENT, dynamoItems, inexplicable, numberOf, unchanged, under } from './dynamodb-items.ts';
import { dynamoTold } from './dynamodb-told.ts';
import { dynamoTable, type Item, type Key } from './dynamodb-table.ts';
import { notOver, orTrouble, refuseAnother, runsOf } from './once.ts';
import type { Store, Stored, StorePorts } from './store.ts';
import { memoryWire, muteWire, runWire } from './wire.ts';

/**
 * What is remembered, in one DynamoDB table: `cluster` / name, `baseline#cluster` / signal, `mute` / id,
 * `run#name` / time#id, `held` / time#name#id, `config` / place, `compare` / `told`. Items that are over are
 * filtered when read, because DynamoDB deletes them days late.
 */
export function dynamoStore(name: string, ports: StorePorts): Store {
  const table = dynamoTable(name, ports);
  const items = dynamoItems(name);

  /** The versions at which memories could be read here: nobody else can know that one is readable. */
  const readable = new Map<string, number>();

  const read = async (cluster: string): Promise<Stored> => {
    readable.delete(cluster);
    const item = await table.get(memoryKey(cluster));
    const version = items.version(memoryKey(cluster), item);
    const memory = item ? items.value(memoryWire, item) : NOTHING;
    readable.set(cluster, version);
    return { memory, version };
  };

  const isCurrent = async (cluster: string, version: number): Promise<boolean> =>
    readable.get(cluster) === version || (await read(cluster)).version === version;

  return {
    read,
    readAll: async () => {
      const all = await table.query(under('cluster'));
      const readOne = async (item: Item) =>
        [item['sk']?.S ?? '', await orTrouble(() => items.value(memoryWire, item))] as const;
      return new Map(await Promise.all(all.map(readOne)));
    },
    write: async (cluster, memory, version) => {
      const by = randomUUID();
      const more = {
        version: { N: String(version + 1) },
        by: { S: by },
        ...standingItem(memory),
      };
      const item = items.of(memoryWire, memoryKey(cluster), memory, more);
      if (!(await isCurrent(cluster, version))) return false;
      const outcome = await table.put(item, unchanged(version));
      const isWritten = items.isWritten(memoryKey(cluster), by, version, outcome);
      if (isWritten) readable.set(cluster, version + 1);
      else readable.delete(cluster);
      return isWritten;
    },
    forget: async (cluster, version) => {
      if (!(await isCurrent(cluster, version))) return false;
      const outcome = await table.remove(memoryKey(cluster), unchanged(version));
      readable.delete(cluster);
      return outcome === 'done' || (outcome.tries > 1 && outcome.found === undefined);
    },
    clusters: async () => {
      const keys = await table.query({ ...under('cluster'), ProjectionExpression: 'sk' });
      return keys.map(({ sk }) => sk?.S ?? '');
    },

    ...dynamoBaselines(table, items),
    ...dynamoDispatch(table, items),

    mutes: async (now) => {
      const all = await table.query(under('mute'));
      return notOver(
        all.map((item) => items.value(muteWire, item)),
        now,
      );
    },
    addMute: async (mute) => {
      const key = { pk: 'mute', sk: mute.id };
      const item = items.of(muteWire, key, mute, { expires: secondsOf(mute.until) });
      const outcome = await table.put(item, ABSENT);
      if (outcome === 'done') return;
      if (!outcome.found) throw inexplicable(`the mute ${mute.id}`);
      refuseAnother(mute, items.value(muteWire, outcome.found));
    },
    endMute: async (id) => {
      // Looked up first, so that a lost answer does not say that there was none; by Query, as the others are.
      const item = (await table.query(under('mute'))).find(({ sk }) => sk?.S === id);
      if (!item) return false;
      // Not conditional: it is how somebody gets rid of a mute that cannot be read.
      await table.remove({ pk: 'mute', sk: id });
      return (numberOf(item['expires']) ?? Infinity) * 1000 > ports.clock.now();
    },

    addRun: async (run) => {
      const key = { pk: keyOfRuns(run.cluster), sk: `${new Date(run.at).toISOString()}#${run.id}` };
      await table.put(items.of(runWire, key, run, { expires: secondsOf(run.at + HISTORY_MS) }), ABSENT);
    },
    runs: async (cluster, from, now) => {
      const first = new Date(Math.max(from, now - HISTORY_MS)).toISOString();
      const all = await table.query({
        KeyConditionExpression: 'pk = :pk AND sk >= :first',
        ExpressionAttributeValues: { ':pk': { S: keyOfRuns(cluster) }, ':first': { S: first } },
      });
      return runsOf(all, (item) => items.value(runWire, item), Date.parse(first));
    },

    ...dynamoTold(table, items),

    close: () => table.close(),
  };
}

function memoryKey(cluster: string): Key {
  return { pk: 'cluster', sk: cluster };
}

function keyOfRuns(cluster: string): string {
  return `run#${cluster}`;
}

function secondsOf(milliseconds: number): { N: string } {
  return { N: String(Math.ceil(milliseconds / 1000)) };
}
