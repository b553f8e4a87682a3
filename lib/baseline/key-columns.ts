import * as z from 'zod/mini';

const index = z.int().check(z.minimum(0));

/**
 * Keys with what they have in common said once: `names` are the lists of labels of groups, each row the index of its
 * list and the values; of sets of names, `names` is one list and each row says which of it. Values stand as they are.
 */
export const keyColumns = z.union([
  z.strictObject({ names: z.array(z.array(z.string())), groups: z.array(z.tuple([index], z.string())) }),
  z.strictObject({ names: z.array(z.string()), sets: z.array(z.array(index)) }),
  z.strictObject({ values: z.array(z.string()) }),
]);

export type KeyColumns = z.output<typeof keyColumns>;

export function groupColumns(keys: readonly string[]): KeyColumns {
  const lists = new Map<string, number>();
  const groups = keys.map((key): [number, ...string[]] => {
    const pairs = JSON.parse(key) as [string, string][];
    const list = JSON.stringify(pairs.map(([label]) => label));
    const at = lists.get(list) ?? lists.size;
    lists.set(list, at);
    return [at, ...pairs.map(([, value]) => value)];
  });
  return { names: [...lists.keys()].map((list) => JSON.parse(list) as string[]), groups };
}

export function setColumns(keys: readonly string[]): KeyColumns {
  const indexes = new Map<string, number>();
  const sets = keys.map((key) =>
    (JSON.parse(key) as string[]).map((name) => {
      const at = indexes.get(name) ?? indexes.size;
      indexes.set(name, at);
      return at;
    }),
  );
  return { names: [...indexes.keys()], sets };
}

/** The keys again; undefined where a row says what there is not. */
export function keysOf(columns: KeyColumns): readonly string[] | undefined {
  if ('values' in columns) return columns.values;
  const keys = 'groups' in columns ? groupKeys(columns) : setKeys(columns);
  return keys.includes(undefined) ? undefined : (keys as string[]);
}

function groupKeys({ names, groups }: Extract<KeyColumns, { groups: unknown }>): (string | undefined)[] {
  return groups.map(([list, ...values]) => {
    const labels = names[list];
    if (labels?.length !== values.length) return undefined;
    return JSON.stringify(labels.map((label, at) => [label, values[at]]));
  });
}

function setKeys({ names, sets }: Extract<KeyColumns, { sets: unknown }>): (string | undefined)[] {
  return sets.map((set) => {
    const found = set.flatMap((at) => names[at] ?? []);
    return found.length === set.length ? JSON.stringify(found) : undefined;
  });
}
