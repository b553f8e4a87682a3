import { printable } from '../printable.ts';
import { promqlUses } from './promql-uses.ts';
import type { Referrer, Use } from './questions.ts';

/** A rule as the rules API tells it. */
export interface Rule {
  readonly group: string;
  readonly name: string;
  readonly query: string;
  /** It records a metric of its name; else it alerts. */
  readonly records: boolean;
}

/** Rules that record what other rules read are followed so far. */
const MOST_STEPS = 5;
const MOST_USES = 2000;

/** What rules look at; those that read what another one records look at what that one does. */
export function ruleReferrers(rules: readonly Rule[]): readonly Referrer[] {
  const own = rules.map((rule) => ({ rule, uses: promqlUses(rule.query) }));
  const recorded = new Map<string, Use[]>();
  for (const { rule, uses } of own) {
    if (rule.records) recorded.set(rule.name, [...(recorded.get(rule.name) ?? []), ...uses]);
  }
  return own.map(({ rule: { group, name }, uses }) => ({
    name: `rule ${printable(`${group}/${name}`, 120)}`,
    uses: followed(uses, recorded),
  }));
}

function followed(uses: readonly Use[], recorded: ReadonlyMap<string, readonly Use[]>): readonly Use[] {
  const all = new Set(uses);
  const seen = new Set<string>();
  let due: readonly Use[] = uses;
  for (let step = 0; step < MOST_STEPS && due.length > 0 && all.size < MOST_USES; step += 1) {
    const names = new Set(due.map(({ metric }) => metric).filter((name) => !seen.has(name)));
    for (const name of names) seen.add(name);
    due = [...names].flatMap((name) => recorded.get(name) ?? []).filter((use) => !all.has(use));
    for (const use of due) all.add(use);
  }
  return [...all];
}
