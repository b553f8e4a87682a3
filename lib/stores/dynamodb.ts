import { randomUUID } from 'node:crypto';
import { HELD_MS, type HeldRun } from '../dispatch/held.ts';
import { HISTORY_MS } from '../history.ts';
import { NOTHING } from '../incidents/memory.ts';
import { decode, encode, tooLarge, unreadable } from './codec.ts';
import { type Condition, dynamoTable, type Item, type Key } from './dynamodb-table.ts';
import { notOver, orTrouble, readableOf, refuseAnother, runsOf } from './once.ts';
import type { Store, Stored, StorePorts } from './store.ts';
import { FORMAT, heldWire, keptWire, memoryWire, muteWire, runWire, type Wire } from './wire.ts';

/** An item may have 400 KB, its keys and attribute names included. */
const MOST_BODY_BYTES = 400 * 1024 - 4096;

const ABSENT: Condition = { ConditionExpression: 'attribute_not_exists(pk)' };

/**
 * What is remembered, in one DynamoDB table: `cluster` / name, `mute` / id, `run#name` / time#id, `held` / time#name, `config` /
 * place. Items that are over are
 * filtered when read, because DynamoDB deletes them days late.
 */
export function dynamoStore(name: string, ports: StorePorts): Store {
  const table = dynamoTable(name, ports);
  const placeOf = ({ pk, sk }: Key): string => `the item ${pk} / ${sk} of the DynamoDB table ${name}`;

  const decoded = <T>(wire: Wire<T>, item: Item): T => {
    const place = placeOf({ pk: item['pk']?.S ?? '', sk: item['sk']?.S ?? '' });
    return decode(wire, numberOf(item['format']), item['body']?.B, place);
  };

  const itemOf = <T>(wire: Wire<T>, key: Key, value: T, more: Item = {}): Item => {
    const place = placeOf(key);
    const body = encode(wire, value, place);
    if (body.length > MOST_BODY_BYTES) throw tooLarge(place, body.length, MOST_BODY_BYTES);
    return {
      pk: { S: key.pk },
      sk: { S: key.sk },
      format: { N: String(FORMAT) },
      body: { B: body },
      ...more,
    };
  };

  /** The versions at which memories could be read here: nobody else can know that one is readable. */
  const readable = new Map<string, number>();

  const read = async (cluster: string): Promise<Stored> => {
    readable.delete(cluster);
    const item = await table.get(memoryKey(cluster));
    const version = item ? numberOf(item['version']) : 0;
    if (version === undefined) throw unreadable(placeOf(memoryKey(cluster)), 'it has no version');
    const memory = item ? decoded(memoryWire, item) : NOTHING;
    readable.set(cluster, version);
    return { memory, version };
  };

  const isCurrent = async (cluster: string, version: number): Promise<boolean> =>
    readable.get(cluster) === version || (await read(cluster)).version === version;

  return {
    read,
    readAll: async () => {
      const items = await table.query(under('cluster'));
      const readOne = async (item: Item) =>
        [item['sk']?.S ?? '', await orTrouble(() => decoded(memoryWire, item))] as const;
      return new Map(await Promise.all(items.map(readOne)));
    },
    write: async (cluster, memory, version) => {
      const by = randomUUID();
      const ranAt = memory.runs[0]?.at;
      const more = {
        version: { N: String(version + 1) },
        by: { S: by },
        // Beside the body, so that it can be asked of all clusters at once.
        ...(ranAt === undefined ? {} : { ranAt: { N: String(ranAt) } }),
      };
      const item = itemOf(memoryWire, memoryKey(cluster), memory, more);
      if (!(await isCurrent(cluster, version))) return false;
      const outcome = await table.put(item, unchanged(version));
      // A write whose answer was lost is tried again and finds itself.
      const isWritten = outcome === 'done' || outcome.found?.['by']?.S === by;
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

    lastRuns: async () => {
      const items = await table.query({ ...under('cluster'), ProjectionExpression: 'sk, ranAt' });
      return new Map(items.map(({ sk, ranAt }) => [sk?.S ?? '', numberOf(ranAt)]));
    },

    hold: async (run) => {
      const more = { expires: secondsOf(run.at + HELD_MS) };
      await table.put(itemOf(heldWire, keyOfHeld(run), run, more));
    },
    held: async (now) => {
      const items = await table.query({
        KeyConditionExpression: 'pk = :pk AND sk >= :first',
        ExpressionAttributeValues: {
          ':pk': { S: 'held' },
          ':first': { S: new Date(now - HELD_MS).toISOString() },
        },
      });
      return items.flatMap((item) => readableOf(() => decoded(heldWire, item)));
    },
    release: async (run) => void (await table.remove(keyOfHeld(run))),

    keepConfig: async (place, kept) =>
      void (await table.put(itemOf(keptWire, { pk: 'config', sk: place }, kept))),
    keptConfig: async (place) => {
      const item = await table.get({ pk: 'config', sk: place });
      return item && decoded(keptWire, item);
    },

    mutes: async (now) => {
      const items = await table.query(under('mute'));
      return notOver(
        items.map((item) => decoded(muteWire, item)),
        now,
      );
    },
    addMute: async (mute) => {
      const key = { pk: 'mute', sk: mute.id };
      const item = itemOf(muteWire, key, mute, { expires: secondsOf(mute.until) });
      const outcome = await table.put(item, ABSENT);
      if (outcome !== 'done') refuseAnother(mute, outcome.found && decoded(muteWire, outcome.found));
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
      await table.put(itemOf(runWire, key, run, { expires: secondsOf(run.at + HISTORY_MS) }), ABSENT);
    },
    runs: async (cluster, from, now) => {
      const first = new Date(Math.max(from, now - HISTORY_MS)).toISOString();
      const items = await table.query({
        KeyConditionExpression: 'pk = :pk AND sk >= :first',
        ExpressionAttributeValues: { ':pk': { S: keyOfRuns(cluster) }, ':first': { S: first } },
      });
      return runsOf(items, (item) => decoded(runWire, item), Date.parse(first));
    },

    close: () => table.close(),
  };
}

function memoryKey(cluster: string): Key {
  return { pk: 'cluster', sk: cluster };
}

function keyOfHeld({ at, cluster }: Pick<HeldRun, 'at' | 'cluster'>): Key {
  return { pk: 'held', sk: `${new Date(at).toISOString()}#${cluster}` };
}

function keyOfRuns(cluster: string): string {
  return `run#${cluster}`;
}

function under(pk: string) {
  return { KeyConditionExpression: 'pk = :pk', ExpressionAttributeValues: { ':pk': { S: pk } } };
}

/** Nothing where version is 0; else this version, and nothing that a newer Plumbline wrote. */
function unchanged(version: number): Condition {
  if (version === 0) return ABSENT;
  return {
    ConditionExpression: '#version = :version AND #format <= :format',
    ExpressionAttributeNames: { '#version': 'version', '#format': 'format' },
    ExpressionAttributeValues: { ':version': { N: String(version) }, ':format': { N: String(FORMAT) } },
  };
}

function numberOf(attribute: Item[string] | undefined): number | undefined {
  return attribute?.N === undefined ? undefined : Number(attribute.N);
}

function secondsOf(milliseconds: number): { N: string } {
  return { N: String(Math.ceil(milliseconds / 1000)) };
}
