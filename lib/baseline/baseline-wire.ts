import * as z from 'zod/mini';
import type { Wire } from '../stores/wire.ts';
import type { Baseline, Learned } from './baseline.ts';
import { groupColumns, type KeyColumns, keyColumns, keysOf, setColumns } from './key-columns.ts';
import { columnsOf, trackColumns, tracksOf } from './track-columns.ts';

/** Raised with every change of what is written: what an older version cannot read, it leaves as it is. */
const FORMAT = 1;

const time = z.number();
const count = z.int().check(z.minimum(0));

const learned = z.strictObject({
  firstAt: time,
  lastAt: time,
  lookedAt: time,
  runs: count,
  turns: z.exactOptional(z.boolean()),
  without: z.exactOptional(z.array(z.string())),
  /** The first track is that of all series together. */
  hasTotal: z.boolean(),
  keys: keyColumns,
  tracks: trackColumns,
});

const schema = z.strictObject({
  format: z.literal(FORMAT),
  groups: z.exactOptional(learned),
  keySets: z.exactOptional(learned),
  values: z.array(z.tuple([z.string(), learned])),
  accepted: z.array(z.strictObject({ at: time, by: z.string(), why: z.string() })),
});

/** How a baseline stands in a store: 10,000 groups in less than 256 KB, compressed. */
export const baselineWire: Wire<Baseline> = {
  toJson: (baseline) => z.parse(schema, toJson(baseline)),
  fromJson: (json) => {
    const parsed = z.safeParse(schema, json);
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      const path = issue?.path.map(String).join('.');
      return { problem: `${path ? `${path}: ` : ''}${issue?.code ?? 'of another shape'}` };
    }
    return fromJson(parsed.data);
  },
};

function toJson({ groups, keySets, values, accepted }: Baseline) {
  return {
    format: FORMAT,
    ...(groups ? { groups: partToJson(groups, groupColumns) } : {}),
    ...(keySets ? { keySets: partToJson(keySets, setColumns) } : {}),
    values: [...values].map(([label, part]) => [label, partToJson(part, (keys) => ({ values: [...keys] }))]),
    accepted,
  };
}

function partToJson(
  { total, tracks, turns, without, ...part }: Learned,
  keys: (keys: string[]) => KeyColumns,
) {
  return {
    ...part,
    ...(turns ? { turns } : {}),
    ...(without ? { without } : {}),
    hasTotal: total !== undefined,
    keys: keys([...tracks.keys()]),
    tracks: columnsOf([...(total ? [total] : []), ...tracks.values()], part.lookedAt),
  };
}

function fromJson(
  json: z.output<typeof schema>,
): { readonly value: Baseline } | { readonly problem: string } {
  const [groups, keySets] = [
    json.groups && partFromJson(json.groups),
    json.keySets && partFromJson(json.keySets),
  ];
  const values = json.values.map(([label, part]) => [label, partFromJson(part)] as const);
  const isBroken = (part: Learned | null | undefined): boolean => part === null;
  if (isBroken(groups) || isBroken(keySets) || values.some(([, part]) => isBroken(part))) {
    return { problem: 'its columns do not belong together' };
  }
  return {
    value: {
      groups: groups ?? undefined,
      keySets: keySets ?? undefined,
      values: new Map(values.flatMap(([label, part]) => (part ? [[label, part]] : []))),
      accepted: json.accepted,
    },
  };
}

function partFromJson({
  hasTotal,
  keys: columns,
  tracks: rows,
  ...part
}: z.output<typeof learned>): Learned | null {
  const keys = keysOf(columns);
  const tracks = keys && tracksOf(rows, part.lookedAt, keys.length + Number(hasTotal));
  if (!keys || !tracks || new Set(keys).size !== keys.length) return null;
  const own = hasTotal ? tracks.slice(1) : tracks;
  return {
    ...part,
    ...(hasTotal ? { total: tracks[0] } : {}),
    tracks: new Map(keys.flatMap((key, index) => (own[index] ? [[key, own[index]]] : []))),
  };
}
