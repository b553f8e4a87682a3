import type { SyntaxNode } from '@lezer/common';
import { parser } from '@prometheus-io/lezer-promql';
import { QueryError } from './error.ts';

/** A node of the official grammar's tree with what it says, without comments. */
export interface Node {
  readonly name: string;
  readonly text: string;
  /** `line:column`, from 1. */
  readonly position: string;
  readonly children: readonly Node[];
}

/** The tree of a query. Throws QueryError where the grammar does not accept it. */
export function parseTree(query: string): Node {
  const tree = parser.parse(query);
  const root = copy(query, tree.topNode).children[0];
  if (!root || root.text.trim() === '') throw parseError('1:1', 'no expression found in input');
  tree.iterate({
    enter({ type, from, to }) {
      if (!type.isError) return;
      const unexpected = query.slice(from, Math.max(to, from + 1));
      const what = unexpected === '' ? 'end of input' : JSON.stringify(unexpected);
      throw parseError(positionOf(query, from), `unexpected ${what}`);
    },
  });
  return root;
}

export function parseError(position: string, message: string): QueryError {
  return new QueryError('bad_data', `${position}: parse error: ${message}`);
}

export function child(node: Node, name: string): Node | undefined {
  return node.children.find((candidate) => candidate.name === name);
}

/** The outermost nodes below `node` that have one of these names, in reading order. */
export function descendants(node: Node, names: readonly string[]): Node[] {
  return node.children.flatMap((inner) => (names.includes(inner.name) ? [inner] : descendants(inner, names)));
}

function copy(query: string, node: SyntaxNode): Node {
  const children: Node[] = [];
  for (let inner = node.firstChild; inner; inner = inner.nextSibling) {
    if (inner.name !== 'LineComment') children.push(copy(query, inner));
  }
  const { name, from, to } = node;
  return {
    name,
    text: query.slice(from, to),
    get position() {
      return positionOf(query, from);
    },
    children,
  };
}

function positionOf(query: string, offset: number): string {
  const lines = query.slice(0, offset).split('\n');
  return `${lines.length}:${Buffer.byteLength(lines.at(-1) ?? '') + 1}`;
}
