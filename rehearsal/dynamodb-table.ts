import * as z from 'zod/mini';

const attribute = z.union([
  z.strictObject({ S: z.string() }),
  z.strictObject({ N: z.string().check(z.regex(/^-?\d+(\.\d+)?$/)) }),
  z.strictObject({ B: z.string().check(z.regex(/^[A-Za-z0-9+/]*={0,2}$/)) }),
]);
const item = z.record(z.string(), attribute);
const conditions = {
  ExpressionAttributeNames: z.exactOptional(z.record(z.string(), z.string())),
  ExpressionAttributeValues: z.exactOptional(item),
};
const asked = {
  TableName: z.string(),
  ReturnConsumedCapacity: z.exactOptional(z.enum(['TOTAL', 'NONE'])),
};
const written = {
  ...asked,
  ConditionExpression: z.exactOptional(z.string()),
  ReturnValuesOnConditionCheckFailure: z.exactOptional(z.literal('ALL_OLD')),
  ...conditions,
};

/** What is simulated of each operation; anything else is refused. */
export const inputs = {
  GetItem: z.strictObject({ ...asked, Key: item, ConsistentRead: z.literal(true) }),
  PutItem: z.strictObject({ ...written, Item: item }),
  DeleteItem: z.strictObject({ ...written, Key: item }),
  Query: z.strictObject({
    ...asked,
    KeyConditionExpression: z.string(),
    ProjectionExpression: z.exactOptional(z.string().check(z.regex(/^\w+(?:, \w+)*$/))),
    ConsistentRead: z.literal(true),
    ExclusiveStartKey: z.exactOptional(item),
    ...conditions,
  }),
};

export type Operation = keyof typeof inputs;
export type Item = Readonly<z.output<typeof item>>;
type Input<Name extends Operation> = z.output<(typeof inputs)[Name]>;
type Attribute = z.output<typeof attribute>;
type Placeholders = Pick<Input<'Query'>, 'ExpressionAttributeNames' | 'ExpressionAttributeValues'>;

/** Refused by DynamoDB itself, under the name of its exception. */
export class Refused extends Error {
  readonly type: string;
  readonly more: object;
  constructor(type: string, message: string, more: object = {}) {
    super(message);
    this.type = type;
    this.more = more;
  }
}

export interface SimulatedTable {
  readonly items: ReadonlyMap<string, Item>;
  /** Request units of on-demand tables. */
  readonly consumed: { read: number; write: number };
  readonly operations: { readonly [Name in Operation]: (input: Input<Name>) => object };
}

const MOST_ITEM_BYTES = 400 * 1024;

/** A table with the keys pk and sk. Nothing in it expires: the real one deletes days late, too. */
export function createTable(pageSize: number): SimulatedTable {
  const items = new Map<string, Item>();
  const consumed = { read: 0, write: 0 };
  const write = (id: string, next: Item | undefined, input: Input<'PutItem' | 'DeleteItem'>): object => {
    const before = items.get(id);
    consumed.write += Math.ceil(Math.max(1, size(before), size(next)) / 1024);
    if (!holds(input.ConditionExpression, before, input)) {
      const shown = before && input.ReturnValuesOnConditionCheckFailure ? { Item: before } : {};
      throw new Refused('ConditionalCheckFailedException', 'The conditional request failed', shown);
    }
    if (next) items.set(id, next);
    else items.delete(id);
    return {};
  };
  return {
    items,
    consumed,
    operations: {
      GetItem: ({ Key }) => {
        const found = items.get(idOf(Key, true));
        consumed.read += Math.ceil(Math.max(1, size(found)) / 4096);
        return found ? { Item: found } : {};
      },
      PutItem: (input) => {
        if (size(input.Item) > MOST_ITEM_BYTES) {
          throw new Refused('ValidationException', 'Item size has exceeded the maximum allowed size');
        }
        return write(idOf(input.Item), input.Item, input);
      },
      DeleteItem: (input) => write(idOf(input.Key, true), undefined, input),
      Query: (input) => {
        const { ExclusiveStartKey: start, KeyConditionExpression: expression } = input;
        const [, name = ''] = /^pk = (:\w+)(?: AND sk >= :\w+)?$/.exec(expression) ?? [];
        const pk = input.ExpressionAttributeValues?.[name];
        if (!pk || !('S' in pk)) throw invalid('KeyConditionExpression');
        const after = start && idOf(start, true);
        const found = [...items]
          // Most items are of another key: a look at the id is quick.
          .filter(([id, one]) => id.startsWith(`${pk.S}\0`) && holds(expression, one, input))
          .sort(([left], [right]) => Buffer.compare(Buffer.from(left), Buffer.from(right)))
          .filter(([id]) => after === undefined || Buffer.compare(Buffer.from(id), Buffer.from(after)) > 0);
        const page = found.slice(0, pageSize).map(([, one]) => one);
        consumed.read += Math.ceil(Math.max(1, sum(page.map(size))) / 4096);
        const last = found.length > pageSize ? page.at(-1) : undefined;
        return {
          Items: page.map((one) =>
            input.ProjectionExpression ? pick(one, input.ProjectionExpression.split(', ')) : one,
          ),
          Count: page.length,
          ScannedCount: page.length,
          ...(last ? { LastEvaluatedKey: pick(last, ['pk', 'sk']) } : {}),
        };
      },
    },
  };
}

function idOf(key: Item, isKey = false): string {
  const [pk, sk] = [textAt(key, 'pk', 2048), textAt(key, 'sk', 1024)];
  if (isKey && Object.keys(key).length !== 2) {
    throw new Refused('ValidationException', 'The provided key element does not match the schema');
  }
  return `${pk}\0${sk}`;
}

function textAt(key: Item, name: 'pk' | 'sk', most: number): string {
  const value = key[name];
  const problem = 'One or more parameter values were invalid';
  if (!value) throw new Refused('ValidationException', `${problem}: Missing the key ${name} in the item`);
  if (!('S' in value)) {
    throw new Refused('ValidationException', `${problem}: Type mismatch for key ${name} expected: S`);
  }
  if (value.S === '' || Buffer.byteLength(value.S) > most) {
    throw new Refused('ValidationException', `${problem}: empty or too long. Key: ${name}`);
  }
  return value.S;
}

/** Conditions are joined by AND; names and values that stand nowhere are refused, as the real one does. */
function holds(
  expression: string | undefined,
  one: Item | undefined,
  { ExpressionAttributeNames: names = {}, ExpressionAttributeValues: values = {} }: Placeholders,
): boolean {
  const unused = [...Object.keys(names), ...Object.keys(values)].filter(
    (name) => !expression?.split(/[\s()]+/).includes(name),
  );
  if (unused.length > 0) throw new Refused('ValidationException', `unused in expressions: ${unused.join()}`);
  const isTrue = (condition: string): boolean => {
    const absent = /^attribute_not_exists\((\w+)\)$/.exec(condition)?.[1];
    if (absent !== undefined) return one?.[absent] === undefined;
    const [, name = '', operator, value = ''] = /^(pk|sk|#\w+) (=|<=|>=) (:\w+)$/.exec(condition) ?? [];
    const attributeName = name.startsWith('#') ? names[name] : name;
    if (operator === undefined || attributeName === undefined || !values[value]) {
      throw invalid('ConditionExpression');
    }
    const order = compare(one?.[attributeName], values[value]);
    if (order === undefined) return false;
    return order === 0 || order === (operator === '<=' ? -1 : operator === '>=' ? 1 : 0);
  };
  return (expression?.split(' AND ') ?? []).every(isTrue);
}

function compare(left: Attribute | undefined, right: Attribute): number | undefined {
  if (left && 'S' in left && 'S' in right) return Buffer.compare(Buffer.from(left.S), Buffer.from(right.S));
  if (left && 'N' in left && 'N' in right) return Math.sign(Number(left.N) - Number(right.N));
  return undefined;
}

function invalid(what: string): Refused {
  return new Refused('ValidationException', `Invalid ${what}: this is not simulated`);
}

function pick(one: Item, names: readonly string[]): Item {
  return Object.fromEntries(Object.entries(one).filter(([name]) => names.includes(name)));
}

function size(one: Item | undefined): number {
  return sum(Object.entries(one ?? {}).map(([name, value]) => Buffer.byteLength(name) + bytesOf(value)));
}

function bytesOf(value: Attribute): number {
  if ('S' in value) return Buffer.byteLength(value.S);
  return 'N' in value ? Math.ceil(value.N.length / 2) + 1 : Buffer.byteLength(value.B, 'base64');
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
