import type { Document, Node, Pair, YAMLMap } from 'yaml';
import type { Path } from './problems.ts';
import {
  type Aliases,
  isMergeKey,
  keyText,
  offsetOf,
  plainValues,
  type TextFault,
  type Yaml,
} from './yaml-values.ts';
import { syntaxWords } from './yaml-words.ts';

/** A text, or a part of one, that was parsed. Offsets count from its beginning. */
export interface Part {
  /** Why it cannot be read at all. */
  readonly syntax: readonly TextFault[];
  /** Undefined where it is empty or cannot be read. */
  readonly value: unknown;
  readonly faults: readonly TextFault[];
  readonly offsetOf: (path: Path, on: 'key' | 'value') => number;
  /** How a number is written: `0200`. Undefined for any other value. */
  readonly numeralAt: (path: Path) => string | undefined;
}

/** Parses one document. Throws a RangeError where the text is nested too deeply even for that. */
export function parsePart(yaml: Yaml, text: string): Part {
  const document = yaml.parseDocument(text, { prettyErrors: false, uniqueKeys: false, merge: true });
  const syntax = syntaxFaults(document, text);
  const isEmpty = isEmptyNode(yaml, document.contents) || isNull(yaml, document.contents);
  const { value, faults, targets } =
    syntax.length > 0 || isEmpty
      ? { value: undefined, faults: [], targets: new Map() }
      : plainValues(yaml, document);
  const find = createFinder(yaml, document, targets);
  return {
    syntax,
    value,
    faults,
    offsetOf: (path, on) => {
      const { key, node } = find(path);
      return on === 'key' || isEmptyNode(yaml, node) ? key : offsetOf(yaml, node);
    },
    numeralAt: (path) => {
      const { node } = find(path);
      return yaml.isScalar(node) && typeof node.value === 'number' ? node.source : undefined;
    },
  };
}

function syntaxFaults(document: Document.Parsed, text: string): TextFault[] {
  const fault = (offset: number, says: string): TextFault => ({ offset, path: [], says });
  const tags = document.warnings.map(({ pos }) => fault(pos[0], syntaxWords.TAG_RESOLVE_FAILED));
  // What follows an alias without a name on its line, such as an unquoted * 22 * * *, is no fault of its own.
  const isTold = ({ code, pos }: Document.Parsed['errors'][number], index: number): boolean => {
    const before = document.errors[index - 1];
    return (
      code === 'UNEXPECTED_TOKEN' &&
      before?.code === 'BAD_ALIAS' &&
      !text.slice(before.pos[0], pos[0]).includes('\n')
    );
  };
  const errors = document.errors
    .filter((error, index) => !isTold(error, index))
    .map(({ code, pos }) => fault(pos[0], syntaxWords[code]));
  return [...errors, ...tags].sort((a, b) => a.offset - b.offset);
}

/** Finds the node at a path and the offset of its key; as far as the path leads, where the text lacks the rest. */
function createFinder(yaml: Yaml, document: Document, targets: Aliases) {
  const indexes = new WeakMap<YAMLMap, ReadonlyMap<string, Pair>>();
  const follow = (node: unknown): unknown => (yaml.isAlias(node) ? targets.get(node) : node);
  const indexOf = (map: YAMLMap): ReadonlyMap<string, Pair> => {
    const index = indexes.get(map) ?? indexPairs(yaml, map, targets, (node) => mappedBy(follow(node)));
    indexes.set(map, index);
    return index;
  };
  const mappedBy = (node: unknown): ReadonlyMap<string, Pair> =>
    yaml.isMap(node) ? indexOf(node) : new Map();

  return (path: Path): { readonly node: unknown; readonly key: number } => {
    let node: unknown = document.contents;
    let key = offsetOf(yaml, node);
    for (const name of path) {
      const place = follow(node);
      const item = yaml.isSeq(place) && typeof name === 'number' ? place.items[name] : undefined;
      const pair = item === undefined ? mappedBy(place).get(String(name)) : undefined;
      if (item === undefined && pair === undefined) break;
      node = item ?? pair?.value;
      key = offsetOf(yaml, item ?? pair?.key);
    }
    return { node, key };
  };
}

/** The pairs by their keys: the first of each in the mapping itself, else what a merge key brings. */
function indexPairs(
  yaml: Yaml,
  map: YAMLMap,
  targets: Aliases,
  pairsOf: (node: unknown) => ReadonlyMap<string, Pair>,
): ReadonlyMap<string, Pair> {
  const index = new Map<string, Pair>();
  const add = (key: string | undefined, pair: Pair) => {
    if (key !== undefined && !index.has(key)) index.set(key, pair);
  };
  const merged = map.items.filter((pair) => isMergeKey(yaml, pair));
  for (const pair of map.items) {
    if (!isMergeKey(yaml, pair)) add(keyText(yaml, pair.key, targets), pair);
  }
  for (const { value } of merged) {
    const source = yaml.isAlias(value) ? targets.get(value) : value;
    for (const item of yaml.isSeq(source) ? source.items : [source]) {
      for (const [key, pair] of pairsOf(item)) add(key, pair);
    }
  }
  return index;
}

function isEmptyNode(yaml: Yaml, node: unknown): boolean {
  return !yaml.isNode(node) || (isNull(yaml, node) && sourceOf(yaml, node) === '');
}

function isNull(yaml: Yaml, node: unknown): boolean {
  return yaml.isScalar(node) && node.value === null;
}

function sourceOf(yaml: Yaml, node: Node): string {
  return yaml.isScalar(node) ? (node.source ?? '') : '';
}
