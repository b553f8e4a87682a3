import { type Matching, matching } from '../matching.ts';
import type { Loss, Referrer, Referrers, ReferrersQuestion, Use } from './questions.ts';

/** So many are named; the rest is counted. */
const MOST_NAMES = 20;

/** How much of what it looks at is missing: all of it, or perhaps a part. */
type Blindness = 'all' | 'part';

/**
 * Which of those that refer to a metric look at what is lost. A query over more than what is lost is blind in part, and told
 * after those that look at nothing else.
 */
export async function affected(
  referrers: readonly Referrer[],
  question: ReferrersQuestion,
): Promise<Referrers> {
  const holds = await matching(question.match);
  const blind = { all: new Set<string>(), part: new Set<string>() };
  for (const { name, uses } of referrers) {
    const about = uses.filter((use) => isAbout(use, question));
    for (const use of about) {
      const admits = use.dimensions ? undefined : await admission(use);
      const how = question.lost.map((loss) => blindness(use, loss, question, { holds, admits }));
      const most = how.includes('all') ? 'all' : how.find((one) => one !== undefined);
      if (most) blind[most].add(name);
    }
  }
  const names = [...blind.all, ...[...blind.part].filter((name) => !blind.all.has(name))];
  return { names: names.slice(0, MOST_NAMES), more: Math.max(0, names.length - MOST_NAMES) };
}

function isAbout(use: Use, { metric, namespace, account }: ReferrersQuestion): boolean {
  return use.metric === metric && use.namespace === namespace && use.account === account;
}

/** Whether what a query selects may have a label's value. A pattern that is not RE2 may select anything. */
async function admission({ match }: Use): Promise<ReadonlyMap<string, Matching>> {
  const byLabel = [...Map.groupBy(match, ({ label }) => label)];
  const compiled = await Promise.all(
    byLabel.map(async ([label, matchers]) => [label, await matching(matchers)] as const),
  );
  return new Map(compiled.flatMap(([label, holds]) => (holds ? [[label, holds] as const] : [])));
}

interface Tests {
  readonly holds: Matching | undefined;
  readonly admits: ReadonlyMap<string, Matching> | undefined;
}

function blindness(
  use: Use,
  loss: Loss,
  { match }: ReferrersQuestion,
  { holds, admits }: Tests,
): Blindness | undefined {
  const { dimensions, words } = use;
  if (dimensions) return holds?.(dimensions) === false || !isLostSeries(dimensions, loss) ? undefined : 'all';
  if ('label' in loss) return words.has(loss.label) ? 'part' : undefined;
  if ('set' in loss) return loss.set.every((name) => words.has(name)) ? 'part' : undefined;
  const known = [
    ...match.flatMap(({ label, operator, value }) => (operator === '=' ? [[label, value] as const] : [])),
    ...loss.silent,
  ];
  const isElsewhere = known.some(
    ([label, value]) => admits?.get(label)?.(new Map([[label, value]])) === false,
  );
  if (isElsewhere) return undefined;
  return known.every(([label]) => admits?.has(label)) ? 'all' : 'part';
}

function isLostSeries(dimensions: ReadonlyMap<string, string>, loss: Loss): boolean {
  if ('label' in loss) return dimensions.has(loss.label);
  if ('set' in loss) return [...dimensions.keys()].sort().join('\0') === loss.set.join('\0');
  return loss.silent.every(([label, value]) => (dimensions.get(label) ?? '') === value);
}
