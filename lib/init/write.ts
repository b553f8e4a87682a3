import { Document, isCollection, isMap, isPair, isScalar, isSeq, type Node } from 'yaml';
import { printable } from '../printable.ts';
import type { Draft, DraftCluster, DraftSignal, Settings } from './draft.ts';

const SCHEMA = ' yaml-language-server: $schema=./plumbline.schema.json';
const LONGEST_COMMENT = 700;
/** Accounts have thousands of log groups that nobody writes to any more. */
const MOST_LEFT = 200;
/** One line for each text, whatever it holds. */
export const STYLE = {
  lineWidth: 0,
  singleQuote: true,
  doubleQuotedMinMultiLineLength: Number.MAX_SAFE_INTEGER,
} as const;
/** Mappings and lists below these keys are written in one line. */
const BLOCK = new Set(['clusters', 'signals']);

/** A configuration with comments above its parts. What it says is what was given, whatever characters that holds. */
export function yamlOf(draft: Draft, header: readonly string[]): string {
  const document = new Document(documentOf(draft));
  document.commentBefore = [SCHEMA, ...comments(header)].join('\n');
  const clusters = document.get('clusters');
  if (isSeq(clusters)) {
    for (const [index, cluster] of draft.clusters.entries()) {
      const node = clusters.items[index];
      if (!isMap(node)) continue;
      comment(node, cluster.notes);
      const signals = node.get('signals');
      for (const [at, signal] of cluster.signals.entries())
        if (isSeq(signals)) comment(signals.items[at], signal.notes);
    }
  }
  inOneLine(document.contents, '');
  if (draft.left.length > 0) document.comment = comments(leftIn(draft)).join('\n');
  return document.toString(STYLE);
}

function leftIn({ left }: Draft): readonly string[] {
  const rest = left.length - MOST_LEFT;
  const more = rest > 0 ? [`and ${rest} more`] : [];
  return ['Seen, and not watched:', ...left.slice(0, MOST_LEFT), ...more];
}

/** What is written, as the reader gets it. */
export function documentOf({ clusters }: Pick<Draft, 'clusters'>): Settings {
  return { version: 1, clusters: clusters.map(clusterOf) };
}

function clusterOf({ name, region, profile, with: parameters, signals }: DraftCluster): Settings {
  return {
    name,
    region,
    ...(profile === undefined ? {} : { profile }),
    ...(parameters === undefined ? {} : { with: parameters }),
    ...(signals.length === 0 ? {} : { signals: signals.map(({ settings }: DraftSignal) => settings) }),
  };
}

function comment(node: unknown, notes: readonly string[]): void {
  if (notes.length > 0 && isCollection(node)) node.commentBefore = comments(notes).join('\n');
}

/** On one line each, whatever they hold. */
function comments(lines: readonly string[]): string[] {
  return lines.map((line) => ` ${printable(line, LONGEST_COMMENT)}`);
}

/** What is small, such as matchers, a list of jobs, a signal that is switched off. */
function inOneLine(node: Node | null, key: string): void {
  if (!isCollection(node)) return;
  const isSmall = isMap(node) && node.items.length <= 2 && node.has('off');
  if (isSmall || (key !== '' && key !== 'with' && !BLOCK.has(key))) {
    node.flow = true;
    return;
  }
  for (const item of node.items) {
    if (isPair(item)) inOneLine(asNode(item.value), isScalar(item.key) ? String(item.key.value) : '');
    else inOneLine(asNode(item), '');
  }
}

function asNode(value: unknown): Node | null {
  return isCollection(value) ? value : null;
}
