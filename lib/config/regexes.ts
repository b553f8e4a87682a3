import type { Matcher } from './values.ts';

/** RE2, the only regular expressions that every plane reads alike. */
export interface Regexes {
  /** Why the pattern cannot be used, with a remedy; undefined where it can. */
  readonly problem: (pattern: string) => string | undefined;
  /** Whether a label with this value satisfies the matcher. An unusable pattern excludes nothing. */
  readonly admits: (matcher: Matcher, value: string) => boolean;
}

const REMEDY = 'write an RE2 expression: no lookaround, no backreferences, \\ doubled within double quotes';

/** Opens the engine, which Lambdas that only read a built configuration never load. */
export async function openRegexes(): Promise<Regexes> {
  const { RE2JS } = await import('re2js');
  const compiled = new Map<string, { matches(text: string): boolean } | string>();
  const compile = (pattern: string) => {
    const known = compiled.get(pattern);
    if (known !== undefined) return known;
    const made = attempt(() => RE2JS.compile(pattern));
    compiled.set(pattern, made);
    return made;
  };
  const fits = (pattern: string, value: string, otherwise: boolean) => {
    const regex = compile(pattern);
    return typeof regex === 'string' ? otherwise : regex.matches(value);
  };
  return {
    problem: (pattern) => {
      const regex = compile(pattern);
      return typeof regex === 'string' ? regex : undefined;
    },
    admits: ({ operator, value: compared }, value) => {
      if (operator === '=') return value === compared;
      if (operator === '!=') return value !== compared;
      return operator === '=~' ? fits(compared, value, true) : !fits(compared, value, false);
    },
  };
}

function attempt<T>(compile: () => T): T | string {
  try {
    return compile();
  } catch (error) {
    const described = error instanceof Error && 'getDescription' in error ? error.getDescription : undefined;
    // The message itself quotes the pattern, which may come from the environment.
    const why: unknown = typeof described === 'function' ? described.call(error) : undefined;
    return `is not a regular expression of RE2${typeof why === 'string' ? ` (${why})` : ''}; ${REMEDY}`;
  }
}
