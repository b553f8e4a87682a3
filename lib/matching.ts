import { RE2JS } from 're2js';
import type { Matcher } from './config/values.ts';

/** Whether labels satisfy every matcher, as PromQL matches: fully anchored RE2, and a missing label is empty. */
export type Matching = (labels: ReadonlyMap<string, string>) => boolean;

/** Compiles matchers once for many label sets. Throws where a pattern is not RE2; the configuration refuses those. */
export function matching(matchers: readonly Matcher[]): Matching {
  const tests = matchers.map(({ label, operator, value }) => {
    const pattern = operator.endsWith('~') ? RE2JS.compile(value, RE2JS.DOTALL) : undefined;
    const wanted = !operator.startsWith('!');
    return (labels: ReadonlyMap<string, string>): boolean => {
      const text = labels.get(label) ?? '';
      return (pattern ? pattern.matches(text) : text === value) === wanted;
    };
  });
  return (labels) => tests.every((test) => test(labels));
}
