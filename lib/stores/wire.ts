import * as z from 'zod/mini';
import type { HeldRun } from '../dispatch/held.ts';
import type { RunRecord } from '../history.ts';
import type { Piece, PieceState } from '../incidents/machinery.ts';
import type { ChannelMemory, ClusterMemory, Episode, SignalMemory } from '../incidents/memory.ts';
import { clusterReport } from '../report/report.ts';
import type { KeptConfig, RuntimeMute, Told } from './store.ts';

/**
 * Raised with every key that is added below: a reader that does not know a key would lose it by writing what it read,
 * so keys that are not listed make an item unreadable, and a higher number makes it `newer`. Lower numbers are read: their
 * keys are all still known.
 */
export const FORMAT = 4;

/** How one kind of thing stands in a store as JSON. */
export interface Wire<T> {
  /** Throws where the value could not be read again: better not written than unreadable. */
  toJson(value: T): unknown;
  /** The value, or what is wrong with the JSON. */
  fromJson(json: unknown): { readonly value: T } | { readonly problem: string };
}

type Keys<T> = Record<keyof T, z.ZodMiniType>;

// One by one: a namespace that is taken apart comes into the bundles as a whole.
const exactOptional = z.exactOptional;
const number = z.number;
const strictObject = z.strictObject;
const string = z.string;
const count = z.int().check(z.minimum(0));

/** Names come from outside and may be `__proto__`: entries, not keys. */
const named = <T extends z.ZodMiniType>(of: T) => z.array(z.tuple([string(), of]));

const channel = strictObject({
  told: exactOptional(strictObject({ at: number(), findings: count })),
  owed: exactOptional(z.enum(['opened', 'found', 'reminder', 'unmuted', 'recovered', 'unwatched'])),
} satisfies Keys<ChannelMemory>);

const episode = strictObject({
  runs: count,
  firstAt: number(),
  since: number(),
  opened: exactOptional(strictObject({ at: number(), key: string(), because: string() })),
  clear: count,
  over: exactOptional(
    strictObject({ at: number(), how: z.enum(['recovered', 'unwatched']), because: string() }),
  ),
  /** Identities as long as each other are kept without what stands between them. */
  findings: z.union([z.array(string()), z.tuple([z.int().check(z.minimum(1)), string()])]),
  awaited: exactOptional(z.array(z.array(z.tuple([string(), z.nullable(string())])))),
  heldBy: exactOptional(string()),
  wasHeldBy: exactOptional(string()),
  channels: named(channel),
} satisfies Keys<Episode>);

const signal = strictObject({
  plane: string(),
  severity: z.enum(['critical', 'warning']),
  failing: exactOptional(episode),
  blind: exactOptional(episode),
  gain: exactOptional(episode),
} satisfies Keys<SignalMemory>);

const piece = strictObject({
  of: string(),
  did: z.enum(['changed', 'deployed', 'created']),
  states: z.array(
    strictObject({
      version: exactOptional(string()),
      at: number(),
      isSeen: exactOptional(z.boolean()),
    } satisfies Keys<PieceState>),
  ),
} satisfies Keys<Piece>);

const memory = strictObject({
  runs: z.array(strictObject({ id: string(), at: number() })),
  everyMs: exactOptional(number()),
  signals: named(signal),
  sending: exactOptional(strictObject({ by: string(), until: number() })),
  machinery: exactOptional(z.array(piece)),
  unsent: exactOptional(z.array(strictObject({ cluster: string(), at: number() }))),
} satisfies Keys<ClusterMemory>);

const names = z.array(string());

const run = strictObject({
  cluster: string(),
  id: string(),
  at: number(),
  ok: names,
  failing: names,
  unknown: names,
  opened: names,
  ended: names,
} satisfies Keys<RunRecord>);

const mute = strictObject({
  id: string(),
  clusters: names,
  signals: names,
  from: number(),
  until: number(),
  reason: string(),
} satisfies Keys<RuntimeMute>);

const heldRun = strictObject({
  cluster: string(),
  at: number(),
  checkedAt: number(),
  by: exactOptional(string()),
  report: z.nullable(clusterReport),
  turn: z.nullable(strictObject({ cluster: string(), because: string(), places: names })),
  storm: z.nullable(string()),
  again: exactOptional(number()),
} satisfies Keys<HeldRun>);

const keptConfig = strictObject({ version: string(), text: string() } satisfies Keys<KeptConfig>);
const told = strictObject({ told: names } satisfies Keys<Omit<Told, 'version'>>);

const same = <T>(value: T): T => value;

export const memoryWire: Wire<ClusterMemory> = wire(memory, memoryToJson, memoryFromJson);
export const runWire: Wire<RunRecord> = wireOf(run);
export const muteWire: Wire<RuntimeMute> = wireOf(mute);
export const keptWire: Wire<KeptConfig> = wireOf(keptConfig);
export const heldWire: Wire<HeldRun> = wireOf(heldRun);
export const toldWire: Wire<Omit<Told, 'version'>> = wireOf(told);

/** How values of a schema stand in a store. */
export function wireOf<T>(schema: z.ZodMiniType<T>): Wire<T> {
  return wire(schema, same, same);
}

function wire<T, Schema extends z.ZodMiniType>(
  schema: Schema,
  toJson: (value: T) => unknown,
  fromJson: (json: z.output<Schema>) => T,
): Wire<T> {
  return {
    toJson: (value) => z.parse(schema, toJson(value)),
    fromJson: (json) => {
      const parsed = z.safeParse(schema, json);
      if (parsed.success) return { value: fromJson(parsed.data) };
      const [issue] = parsed.error.issues;
      const path = issue?.path.map(String).join('.');
      return { problem: `${path ? `${path}: ` : ''}${issue?.code ?? 'of another shape'}` };
    },
  };
}

function memoryToJson({ signals, ...rest }: ClusterMemory) {
  const toJson = ({ failing, blind, gain, ...signal }: SignalMemory) => ({
    ...signal,
    ...(failing ? { failing: episodeToJson(failing) } : {}),
    ...(blind ? { blind: episodeToJson(blind) } : {}),
    ...(gain ? { gain: episodeToJson(gain) } : {}),
  });
  return { ...rest, signals: Object.entries(signals).map(([name, one]) => [name, toJson(one)]) };
}

function memoryFromJson({ signals, ...rest }: z.output<typeof memory>): ClusterMemory {
  const fromJson = ({ failing, blind, gain, ...one }: z.output<typeof signal>): SignalMemory => ({
    ...one,
    ...(failing ? { failing: episodeFromJson(failing) } : {}),
    ...(blind ? { blind: episodeFromJson(blind) } : {}),
    ...(gain ? { gain: episodeFromJson(gain) } : {}),
  });
  return { ...rest, signals: Object.fromEntries(signals.map(([name, one]) => [name, fromJson(one)])) };
}

function episodeToJson({ findings, channels, ...rest }: Episode) {
  const length = findings[0]?.length ?? 0;
  const isEven = length > 0 && findings.every((identity) => identity.length === length);
  return {
    ...rest,
    findings: isEven ? [length, findings.join('')] : findings,
    channels: Object.entries(channels),
  };
}

function episodeFromJson({ findings, channels, ...rest }: z.output<typeof episode>): Episode {
  return { ...rest, findings: separate(findings), channels: Object.fromEntries(channels) };
}

function separate(findings: z.output<typeof episode>['findings']): string[] {
  const [length, text] = findings;
  if (typeof length !== 'number' || text === undefined) return findings as string[];
  return Array.from({ length: Math.ceil(text.length / length) }, (_, index) =>
    text.slice(index * length, (index + 1) * length),
  );
}
