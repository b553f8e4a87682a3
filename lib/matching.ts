import type { Matcher } from './config/values.ts';

/** Whether labels satisfy every matcher, as PromQL matches: fully anchored RE2, and a missing label is empty. */
export type Matching = (labels: ReadonlyMap<string, string>) => boolean;

/**
 * Compiles matchers once for many label sets; the regular expressions are loaded only where there is one. Undefined where
 * a pattern is not RE2, which the configuration refuses.
 */
export async function matching(matchers: readonly Matcher[]): Promise<Matching | undefined> {
  const tests = await Promise.all(matchers.map(matcherTest)).catch(() => undefined);
  return tests && ((labels) => tests.every((test) => test(labels)));
}

async function matcherTest({ label, operator, value }: Matcher): Promise<Matching> {
  const wanted = !operator.startsWith('!');
  const holds = operator.endsWith('~') ? await pattern(value) : (text: string) => text === value;
  return (labels) => holds(labels.get(label) ?? '') === wanted;
}

async function pattern(value: string): Promise<(text: string) => boolean> {
  const { RE2JS } = await import('re2js');
  const compiled = RE2JS.compile(value, RE2JS.DOTALL);
  return (text) => compiled.matches(text);
}
