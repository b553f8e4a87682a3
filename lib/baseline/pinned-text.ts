import type { Document, Node, Pair, YAMLMap } from 'yaml';
import type { Pin } from './pin.ts';

/** A part of a pin: where it belongs below the signal, and what is written there. */
interface Addition {
  readonly path: readonly string[];
  readonly value: unknown;
}

export interface PinnedText {
  readonly text: string;
  /** What was written: `series.min: 45`. */
  readonly written: readonly string[];
  /** What stands there already and was left as it is. */
  readonly kept: readonly string[];
}

type Yaml = Pick<typeof import('yaml'), 'isAlias' | 'isMap' | 'isScalar' | 'isSeq' | 'stringify'>;

/**
 * The YAML text with the expectations of a pin under a signal. Nothing that is there is changed, moved or laid out anew:
 * keys that are missing are put after the last one of their mapping. Or why that cannot be done.
 */
export function pinnedText(
  text: string,
  { cluster, signal }: { readonly cluster: string; readonly signal: string },
  pin: Pin,
  yaml: Yaml & Pick<typeof import('yaml'), 'parseDocument'>,
): PinnedText | { readonly problem: string } {
  let now = text;
  const written: string[] = [];
  const kept: string[] = [];
  for (const { path, value } of additionsOf(pin)) {
    const document = yaml.parseDocument(now);
    if (document.errors.length > 0) return { problem: 'the configuration is not YAML that can be read' };
    const node = signalIn(document, cluster, signal, yaml);
    if ('problem' in node) return node;
    const added = add(now, node.map, path, value, yaml);
    if ('problem' in added) return added;
    if (added.isThere) kept.push(path.join('.'));
    else written.push(`${path.join('.')}: ${flow(value, yaml)}`);
    now = added.text;
  }
  return { text: now, written, kept };
}

function additionsOf({ series = {}, labels, dimensions = [] }: Pin): Addition[] {
  const { min, max } = series;
  return [
    ...(min === undefined ? [] : [{ path: ['series', 'min'], value: min }]),
    ...(max === undefined ? [] : [{ path: ['series', 'max'], value: max }]),
    ...(labels && labels.require.length > 0 ? [{ path: ['labels', 'require'], value: labels.require }] : []),
    ...[...(labels?.values ?? [])].map(([label, values]) => ({
      path: ['labels', 'values', label],
      value: values,
    })),
    ...(dimensions.length > 0 ? [{ path: ['dimensions', 'sets'], value: dimensions }] : []),
  ];
}

type Found = { readonly map: YAMLMap } | { readonly problem: string };

function signalIn(document: Document, cluster: string, signal: string, yaml: Yaml): Found {
  const clusters = document.get('clusters', true);
  const found = named(clusters, cluster, yaml);
  if (!found) return { problem: `cluster ${cluster} is not written out under clusters` };
  const one = named(found.get('signals', true), signal, yaml);
  if (one) return { map: one };
  return {
    problem: `it is not written out under the cluster's signals; where it comes from a profile, write a signal of its name there first`,
  };
}

function named(list: unknown, name: string, yaml: Yaml): YAMLMap | undefined {
  if (!yaml.isSeq(list)) return undefined;
  return list.items.find((item): item is YAMLMap => yaml.isMap(item) && item.get('name') === name);
}

type Added = { readonly text: string; readonly isThere: boolean } | { readonly problem: string };

/** Descends as far as the path is there, and adds what is missing of it there. */
function add(text: string, map: YAMLMap, path: readonly string[], value: unknown, yaml: Yaml): Added {
  const [key = '', ...rest] = path;
  const pair = map.items.find((item) => yaml.isScalar(item.key) && item.key.value === key);
  if (!pair) {
    const missing = rest.reduceRight((inner: unknown, name) => ({ [name]: inner }), value);
    return appended(text, map, `${flow(key, yaml)}: ${flow(missing, yaml)}`);
  }
  if (rest.length === 0) return { text, isThere: true };
  if (yaml.isMap(pair.value) && !isShared(pair.value)) return add(text, pair.value, rest, value, yaml);
  return yaml.isSeq(pair.value)
    ? { text, isThere: true }
    : { problem: `${key} is shared with another place, or no mapping; write it out first` };
}

/** What has an anchor stands elsewhere too. */
function isShared({ anchor }: YAMLMap): boolean {
  return anchor !== undefined;
}

function appended(text: string, map: YAMLMap, pair: string): Added {
  const [from = 0, end = 0] = map.range ?? [];
  const last = map.items.at(-1);
  if (map.flow) {
    const close = text.lastIndexOf('}', end - 1);
    const body = text.slice(from + 1, close);
    const kept = body.trimEnd();
    const comma = kept === '' || kept.endsWith(',') ? '' : ',';
    return {
      text: `${text.slice(0, from + 1)}${kept}${comma} ${pair} ${text.slice(close)}`,
      isThere: false,
    };
  }
  const first = map.items[0];
  if (!first || !last) return { problem: 'it is an empty mapping; write something into it first' };
  const column = startOf(first) - (text.lastIndexOf('\n', startOf(first) - 1) + 1);
  const body = text.slice(0, endOf(last)).trimEnd();
  const lineEnd = text.indexOf('\n', body.length);
  const at = lineEnd === -1 ? text.length : lineEnd;
  return { text: `${text.slice(0, at)}\n${' '.repeat(column)}${pair}${text.slice(at)}`, isThere: false };
}

function startOf({ key }: Pair): number {
  return (key as Node).range?.[0] ?? 0;
}

function endOf({ key, value }: Pair): number {
  return ((value ?? key) as Node).range?.[1] ?? 0;
}

function flow(value: unknown, yaml: Yaml): string {
  return yaml.stringify(value, { collectionStyle: 'flow', lineWidth: 0 }).trimEnd();
}
