import { decode, encode, tooLarge, unreadable } from './codec.ts';
import type { Condition, Item, Key, Outcome } from './dynamodb-table.ts';
import { StoreError } from './store.ts';
import { FORMAT, type Wire } from './wire.ts';

/** An item may have 400 KB, its keys and attribute names included. */
const MOST_BODY_BYTES = 400 * 1024 - 4096;

export const ABSENT: Condition = { ConditionExpression: 'attribute_not_exists(pk)' };

/** How values stand in the items of a table. */
export interface DynamoItems {
  /** The item of a value. Throws a StoreError where it is too large. */
  of<T>(wire: Wire<T>, key: Key, value: T, more?: Item): Item;
  /** The value of an item. Throws a StoreError where it cannot be read. */
  value<T>(wire: Wire<T>, item: Item): T;
  /** The version of an item; 0 where there is none. Throws a StoreError where it has none. */
  version(key: Key, item: Item | undefined): number;
  /**
   * Whether what `by` wrote over `version` stands there, also where the answer was lost and another try found it. Throws a
   * StoreError where the write was refused although what stands there is that version: no other run was first.
   */
  isWritten(key: Key, by: string, version: number, outcome: Outcome): boolean;
}

export function dynamoItems(table: string): DynamoItems {
  const placeOf = ({ pk, sk }: Key): string => `the item ${pk} / ${sk} of the DynamoDB table ${table}`;
  return {
    of: (wire, key, value, more = {}) => {
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
    },
    value: (wire, item) => {
      const place = placeOf({ pk: item['pk']?.S ?? '', sk: item['sk']?.S ?? '' });
      return decode(wire, numberOf(item['format']), item['body']?.B, place);
    },
    version: (key, item) => {
      const version = item ? numberOf(item['version']) : 0;
      if (version === undefined) throw unreadable(placeOf(key), 'it has no version');
      return version;
    },
    isWritten: (key, by, version, outcome) => {
      if (outcome === 'done' || outcome.found?.['by']?.S === by) return true;
      if (stands(version, outcome.found)) throw inexplicable(placeOf(key));
      return false;
    },
  };
}

/** Whether `unchanged(version)` holds of an item. */
function stands(version: number, item: Item | undefined): boolean {
  if (!item) return version === 0;
  return numberOf(item['version']) === version && (numberOf(item['format']) ?? Infinity) <= FORMAT;
}

/** The error of a condition that failed although it holds. */
export function inexplicable(place: string): StoreError {
  return new StoreError(
    'unreachable',
    `a write of ${place} was refused as if another one had been first, and none was; the next run tries again`,
  );
}

export function numberOf(attribute: Item[string] | undefined): number | undefined {
  return attribute?.N === undefined ? undefined : Number(attribute.N);
}

export function under(pk: string) {
  return { KeyConditionExpression: 'pk = :pk', ExpressionAttributeValues: { ':pk': { S: pk } } };
}

/** Nothing where version is 0; else this version, and nothing that a newer Plumbline wrote. */
export function unchanged(version: number): Condition {
  if (version === 0) return ABSENT;
  return {
    ConditionExpression: '#version = :version AND #format <= :format',
    ExpressionAttributeNames: { '#version': 'version', '#format': 'format' },
    ExpressionAttributeValues: { ':version': { N: String(version) }, ':format': { N: String(FORMAT) } },
  };
}
