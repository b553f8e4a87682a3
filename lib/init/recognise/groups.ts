import type { Seen, SeenStream } from '../seen.ts';

type Labels = Readonly<Record<string, string>>;

/** Streams that have the same labels but for one, and what they have in common. */
export interface Group {
  readonly labels: Labels;
  readonly streams: readonly SeenStream[];
}

/** Streams by their labels without `but`, in the order of their first. */
export function groupsOf(streams: readonly SeenStream[], ...but: readonly string[]): readonly Group[] {
  const groups = new Map<string, { labels: Labels; streams: SeenStream[] }>();
  for (const stream of streams) {
    const common = Object.entries(stream.labels)
      .filter(([name]) => !but.includes(name))
      .sort(([a], [b]) => (a < b ? -1 : 1));
    const key = JSON.stringify(common);
    const group = groups.get(key) ?? { labels: Object.fromEntries(common), streams: [] };
    groups.set(key, group);
    group.streams.push(stream);
  }
  return [...groups.values()];
}

/**
 * The labels that tell one group from others beside it: its own, and none for those that only others have. A selector
 * without them would take the others' series for its own.
 */
export function apart(labels: Labels, others: readonly Labels[]): Labels {
  const missing = others
    .flatMap((other) => Object.keys(other))
    .filter((name) => !Object.hasOwn(labels, name))
    .map((name) => [name, ''] as const);
  return { ...labels, ...Object.fromEntries(missing) };
}

/** Whether the list that an action answers is complete. */
export function isComplete({ gaps }: Seen, action: string): boolean {
  return gaps.every((gap) => gap.action !== action);
}

/** The sort of values that a list has when written: no value twice. */
export function unique(values: readonly string[]): string[] {
  return [...new Set(values)].sort();
}
