import * as z from 'zod/mini';

const SECONDS = { s: 1, m: 60, h: 3600, d: 86_400 } as const;
const MAX_DURATION_DAYS = 30;

/**
 * A duration as users write it (`90s`, `5m`, `4h`, `2d`) in milliseconds.
 * Returns undefined for anything else, for zero, and above 30 days.
 */
export function parseDuration(text: string): number | undefined {
  const match = /^([1-9]\d{0,8})([smhd])$/.exec(text);
  if (!match) return undefined;
  const seconds = Number(match[1]) * SECONDS[match[2] as keyof typeof SECONDS];
  return seconds <= MAX_DURATION_DAYS * SECONDS.d ? seconds * 1000 : undefined;
}

const NOT_A_DURATION =
  'is not a duration from 1s to 30d; write a whole number and one unit, such as 90s, 5m, 4h or 2d';

/** `90s`, `5m`, `4h`, `2d` in the YAML; milliseconds once loaded. */
export const duration = z.pipe(
  z.string({ error: NOT_A_DURATION }).check(
    z.refine((text) => parseDuration(text) !== undefined, { error: NOT_A_DURATION }),
    z.meta({ pattern: '^[1-9][0-9]*[smhd]$', description: 'A duration: 90s, 5m, 4h, 2d.' }),
  ),
  z.transform((text) => parseDuration(text) ?? 0),
);

/** A whole number of series, nodes or runs, zero included. */
export const count = wholeNumber(
  0,
  'is not a whole number of zero or more; write digits without quotes, such as 3',
);

/** A whole number, at least 1. */
export const positive = wholeNumber(
  1,
  'is not a whole number of one or more; write digits without quotes, such as 2',
);

/** Any number. */
export const decimal = z
  .number({ error: 'is not a number; write digits without quotes, such as 0.5' })
  .check(z.refine(Number.isFinite, { error: 'is not a number; write digits without quotes, such as 0.5' }));

const NOT_A_SHARE = 'is not a share; write a number from 0 to 100 and a percent sign, such as 20%';

/** `20%` in the YAML; 0.2 once loaded. */
export const share = z.pipe(
  z
    .string({ error: NOT_A_SHARE })
    .check(
      z.regex(/^(?:100|\d{1,2}(?:\.\d{1,3})?)%$/, { error: NOT_A_SHARE }),
      z.meta({ description: 'A share: 1%, 20%.' }),
    ),
  z.transform((text) => Number(text.slice(0, -1)) / 100),
);

function wholeNumber(minimum: number, error: string) {
  return z.number({ error }).check(
    z.refine((n) => Number.isSafeInteger(n) && n >= minimum, { error }),
    z.meta({ type: 'integer', minimum }),
  );
}

/** Gives the schema the text that editors show. Registered, not checked: it costs nothing when loading. */
export function about<Schema extends z.ZodMiniType>(schema: Schema, description: string): Schema {
  const described = schema.clone();
  z.globalRegistry.add(described, { description });
  return described;
}

/** Refuses a mapping without a key: nothing is vacuously ok. */
export function notEmpty(error: string) {
  return z.refine<object>((mapping) => Object.keys(mapping).length > 0, { error, params: { empty: true } });
}

/**
 * Holds or fails whatever else is wrong with the mapping, so that every problem is told at once. `path` leads to the key
 * that is concerned; without it the mapping itself is.
 */
export function always(
  holds: (mapping: object) => boolean,
  error: string | ((issue: { readonly input?: unknown }) => string),
  path: readonly string[] = [],
) {
  return z.refine<object>(holds, { error, when: isMapping, path: [...path] });
}

/** Whether what a check is given is a mapping at all. */
export function isMapping({ value }: { readonly value: unknown }): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Exactly one of these keys is there. */
export function exactlyOneOf(keys: readonly string[], what: string, remedy: string) {
  const count = (value: object) => keys.filter((key) => key in value).length;
  return z.refine<object>((value) => count(value) === 1, {
    error: ({ input }) =>
      typeof input === 'object' && input !== null && count(input) > 1
        ? `has more than one ${what}; keep one of ${keys.filter((key) => key in input).join(' and ')}`
        : `has no ${what}; ${remedy}`,
    params: { oneOf: keys },
    when: isMapping,
  });
}

/** The same for editors. */
export function oneOf(keys: readonly string[]) {
  return z.meta({ oneOf: keys.map((key) => ({ required: [key] })) });
}

/** Text of one form; `error` says what other text is not and, after a semicolon, what to write. */
export function textLike(pattern: RegExp, error: string | ((issue: { readonly input?: unknown }) => string)) {
  return z.string({ error }).check(z.regex(pattern, { error }));
}

/** The schemas of the values behind `entries`, and the words that may say true there, for the JSON Schema alone. */
export const entryValues = new WeakMap<object, z.ZodMiniType>();
export const entryFlags = new WeakMap<object, Flag>();

/** A word that says true among names, and what that means. */
interface Flag {
  readonly word: string;
  readonly about: string;
}

/**
 * A mapping from user-chosen names to settings, as a list of pairs in file order.
 * `z.record` drops the key `__proto__` without a word, which would lose a matcher; this keeps every key.
 */
export function entries<Value extends z.ZodMiniType>(
  value: Value,
  nameProblem: (name: string) => string | undefined,
) {
  return entriesWith<Value, never>(value, nameProblem, undefined);
}

/** The same, where one word that says `true` is a setting and no name. */
export function entriesOr<Value extends z.ZodMiniType>(
  flag: Flag,
  value: Value,
  nameProblem: (name: string) => string | undefined,
) {
  return entriesWith<Value, true>(value, nameProblem, flag);
}

function entriesWith<Value extends z.ZodMiniType, True extends true>(
  value: Value,
  nameProblem: (name: string) => string | undefined,
  flag: Flag | undefined,
) {
  const schema = z.pipe(
    z.custom<Record<string, unknown>>(
      (input) => typeof input === 'object' && input !== null && !Array.isArray(input),
      { error: 'is not a mapping; write name: value pairs' },
    ),
    z.transform((input, context): [name: string, value: z.output<Value> | True][] =>
      Object.keys(input).flatMap((name) => {
        if (name === flag?.word && input[name] === true)
          return [[name, true as True] as [string, z.output<Value> | True]];
        const problem = nameProblem(name);
        if (problem !== undefined) {
          context.issues.push({
            code: 'custom',
            message: problem,
            path: [name],
            input,
            params: { on: 'key' },
          });
        }
        const parsed = z.safeParse(value, input[name]);
        if (parsed.success) return [[name, parsed.data] as [string, z.output<Value> | True]];
        for (const issue of parsed.error.issues) {
          context.issues.push({ ...issue, path: [name, ...issue.path], input } as never);
        }
        return [];
      }),
    ),
  );
  entryValues.set(schema._zod.def.in, value);
  if (flag !== undefined) entryFlags.set(schema._zod.def.in, flag);
  return schema;
}

/** Why a label name cannot be used, or undefined. Names outside `[a-zA-Z_][a-zA-Z0-9_]*` are quoted (Prometheus 3). */
export function labelNameProblem(name: string): string | undefined {
  if (name === '') return 'is empty; write the name of a label';
  if (name === '__name__') return 'is the name of the metric; write it under "metric"';
  if (name === 'plumbline_q') return 'is reserved for tagging questions; choose another label';
  return undefined;
}

export const labelName = z.string().check(
  z.superRefine((name, context) => {
    const problem = labelNameProblem(name);
    if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
  }),
  z.meta({ minLength: 1 }),
);

const text = z.string();

/** What one label is compared with: a text for equality, or one or more of `=~`, `!=`, `!~`. */
const comparison = z.union(
  [
    text,
    z
      .strictObject({ '=~': z.optional(text), '!=': z.optional(text), '!~': z.optional(text) })
      .check(
        notEmpty('compares with nothing; write a text, or one or more of =~, !=, !~'),
        z.meta({ minProperties: 1 }),
      ),
  ],
  { error: "is not what a label is compared with; write a text, or { '=~': … }, { '!=': … }, { '!~': … }" },
);

export interface Matcher {
  readonly label: string;
  readonly operator: '=' | '!=' | '=~' | '!~';
  readonly value: string;
}

/** `match:` in the YAML; the list of matchers, all of which must hold, once loaded. */
export const matchers = z.pipe(
  entries(comparison, labelNameProblem),
  z.transform((pairs): Matcher[] =>
    pairs.flatMap(([label, compared]) =>
      typeof compared === 'string'
        ? [{ label, operator: '=' as const, value: compared }]
        : Object.entries(compared).map(([operator, value]) => ({
            label,
            operator: operator as Matcher['operator'],
            value: value ?? '',
          })),
    ),
  ),
);
