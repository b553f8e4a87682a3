import type { Alias, Document, Node, Pair, YAMLMap, YAMLSeq } from 'yaml';
import { setOwn } from './env.ts';
import { type Path, quote } from './problems.ts';

export type Yaml = typeof import('yaml');

/** So that neither depth nor aliases of aliases exhaust the stack or the memory. */
const MAX_DEPTH = 100;
const MAX_VALUES = 2_000_000;

/** What is wrong at an offset of the text. */
export interface TextFault {
  readonly offset: number;
  /** In which mapping or list, as far as that is known. */
  readonly path: Path;
  readonly says: string;
}

/** What each alias stands for. */
export type Aliases = ReadonlyMap<Alias, Node>;

export interface PlainValues {
  readonly value: unknown;
  readonly faults: readonly TextFault[];
  readonly targets: Aliases;
}

/** A value and how many values it unfolds to once its aliases are written out. */
interface Read {
  readonly value: unknown;
  readonly size: number;
}

interface Anchor {
  readonly node: Node;
  read?: Read;
}

/** Reading cannot go on. */
class TooMuch extends Error {
  override name = 'TooMuch' as const;
  readonly fault: TextFault;
  constructor(fault: TextFault) {
    super(fault.says);
    this.fault = fault;
  }
}

/**
 * The document as plain values, aliases and merge keys (`<<`) resolved. Unlike the parser's own conversion it keeps the
 * position of what it refuses, takes any number of harmless aliases, and finds repeated keys in linear time.
 */
export function plainValues(yaml: Yaml, document: Document): PlainValues {
  const reader = createReader(yaml);
  try {
    const { value } = reader.read(document.contents);
    return { value, faults: reader.faults, targets: reader.targets };
  } catch (error) {
    if (!(error instanceof TooMuch)) throw error;
    return { value: undefined, faults: [error.fault], targets: reader.targets };
  }
}

function createReader(yaml: Yaml) {
  const anchors = new Map<string, Anchor>();
  const targets = new Map<Alias, Node>();
  const faults: TextFault[] = [];
  const nothing: Read = { value: undefined, size: 1 };
  const path: (string | number)[] = [];
  const fault = (node: unknown, says: string) => ({ offset: offsetOf(yaml, node), path: [...path], says });
  const tell = (node: unknown, says: string) => faults.push(fault(node, says));

  const inside = (key: string | number, node: unknown): Read => {
    path.push(key);
    const inner = read(node);
    path.pop();
    return inner;
  };

  const read = (node: unknown): Read => {
    if (yaml.isAlias(node)) return readAlias(node);
    if (!yaml.isNode(node)) return { value: null, size: 1 };
    if (path.length > MAX_DEPTH) stop(node, `is nested deeper than ${MAX_DEPTH} levels; write it flatter`);
    const anchor: Anchor = { node };
    if (node.anchor !== undefined) anchors.set(node.anchor, anchor);
    anchor.read = yaml.isMap(node)
      ? readMap(node)
      : yaml.isSeq(node)
        ? readSeq(node)
        : { value: yaml.isScalar(node) ? node.value : null, size: 1 };
    if (anchor.read.size > MAX_VALUES) {
      stop(node, `unfolds to more than ${MAX_VALUES} values; use fewer aliases, or several files`);
    }
    return anchor.read;
  };
  const stop = (node: unknown, says: string): never => {
    throw new TooMuch(fault(node, says));
  };
  const readAlias = (alias: Alias): Read => {
    const anchor = anchors.get(alias.source);
    if (anchor?.read) {
      targets.set(alias, anchor.node);
      return anchor.read;
    }
    tell(
      alias,
      anchor
        ? 'this alias is part of what it stands for; write the value'
        : 'this alias has no anchor before it; write &name before its value, or quote a text that begins with *',
    );
    return nothing;
  };
  const readSeq = (list: YAMLSeq): Read => {
    const value: unknown[] = [];
    let size = 1;
    for (const [index, item] of list.items.entries()) {
      const inner = inside(index, item);
      value.push(inner.value);
      size += inner.size;
      if (size > MAX_VALUES) break;
    }
    return { value, size };
  };
  const readMap = (map: YAMLMap): Read => {
    const mapping: Record<string, unknown> = {};
    const seen = new Set<string>();
    const merged: unknown[] = [];
    let size = 1;
    for (const pair of map.items) {
      const key = isMergeKey(yaml, pair) ? undefined : keyText(yaml, pair.key, targets);
      const inner = inside(key ?? '<<', pair.value);
      size += inner.size;
      if (size > MAX_VALUES) break;
      if (isMergeKey(yaml, pair)) merged.push(...mergeSources(pair, inner.value));
      else if (key === undefined) tell(pair.key, 'this is not a key; write one plain text before the colon');
      else if (seen.has(key))
        tell(pair.key, `key ${quote(key)} is written twice in this mapping; keep one of the two`);
      else setOwn(mapping, key, inner.value);
      if (key !== undefined) seen.add(key);
    }
    for (const source of merged) merge(source, mapping, seen);
    return { value: mapping, size };
  };
  const mergeSources = (pair: Pair, value: unknown): unknown[] => {
    const sources: unknown[] = Array.isArray(value) ? value : [value];
    if (sources.every(isMapping)) return sources;
    tell(pair.key, 'only mappings can be merged; write <<: *name of an anchored mapping');
    return [];
  };
  return { read, faults, targets };
}

function merge(source: unknown, mapping: Record<string, unknown>, seen: Set<string>): void {
  if (!isMapping(source)) return;
  for (const [key, value] of Object.entries(source)) {
    if (!seen.has(key)) setOwn(mapping, key, value);
    seen.add(key);
  }
}

/** `<<`, unless it is quoted. */
export function isMergeKey(yaml: Yaml, pair: Pair): boolean {
  const { key } = pair;
  if (!yaml.isScalar(key) || (key.type !== undefined && key.type !== 'PLAIN')) return false;
  return key.value === '<<' || (typeof key.value === 'symbol' && key.value.description === '<<');
}

/** The key as a text, numbers as they are written; undefined for what is no plain text. */
export function keyText(yaml: Yaml, key: unknown, targets: Aliases): string | undefined {
  const node = yaml.isAlias(key) ? targets.get(key) : key;
  if (!yaml.isScalar(node) || node.value === null || node.value === undefined) return undefined;
  return typeof node.value === 'string' ? node.value : (node.source ?? undefined);
}

/** Where the node begins. Where the text has no such node, 0. */
export function offsetOf(yaml: Yaml, node: unknown): number {
  return (yaml.isNode(node) ? node.range?.[0] : undefined) ?? 0;
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
