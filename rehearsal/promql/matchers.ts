import { RE2JS } from 're2js';
import type { Labels } from './labels.ts';
import type { Matcher } from './syntax.ts';

/** A matcher, or undefined where the regular expression is none. */
export function compileMatcher(label: string, operator: string, value: string): Matcher | undefined {
  switch (operator) {
    case '=':
      return { label, operator, value, matches: (candidate) => candidate === value };
    case '!=':
      return { label, operator, value, matches: (candidate) => candidate !== value };
    case '=~':
    case '!~': {
      const compiled = isRegex(value) ? anchored(value) : undefined;
      if (!compiled) return undefined;
      const wanted = operator === '=~';
      return { label, operator, value, matches: (candidate) => compiled.test(candidate) === wanted };
    }
    default:
      return undefined;
  }
}

/** `a)|(b` is none, although it compiles once it is anchored. */
function isRegex(pattern: string): boolean {
  try {
    RE2JS.compile(pattern);
    return true;
  } catch {
    return false;
  }
}

/** Whoever watches asks the same again and again. */
const COMPILED_PATTERNS = 100;
const known = new Map<string, RE2JS | undefined>();

/** `pattern` as Prometheus compiles it, matching whole texts only, or undefined where it is no RE2. */
export function anchored(pattern: string): RE2JS | undefined {
  const compiled = known.has(pattern) ? known.get(pattern) : compile(pattern);
  if (known.size >= COMPILED_PATTERNS) known.clear();
  known.set(pattern, compiled);
  return compiled;
}

function compile(pattern: string): RE2JS | undefined {
  try {
    return RE2JS.compile(`^(?:${pattern})$`);
  } catch {
    return undefined;
  }
}

export function matchesAll(labels: Labels, matchers: readonly Matcher[]): boolean {
  return matchers.every(({ label, matches }) => matches(labels.get(label) ?? ''));
}
