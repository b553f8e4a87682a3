import * as z from 'zod/mini';
import { parseDuration } from '../config/values.ts';

const parameterTypes = ['text', 'list', 'labels', 'number', 'duration', 'share'] as const;
export type ParameterType = (typeof parameterTypes)[number];

const value = z.union([z.string(), z.number(), z.array(z.string()), z.record(z.string(), z.string())]);

const parameter = z.strictObject({
  type: z.enum(parameterTypes),
  about: z.string(),
  /** Without one the parameter is required, unless it is optional. */
  default: z.optional(value),
  /** Signals that need it are left out where it is not given. */
  optional: z.optional(z.literal(true)),
  example: z.optional(value),
});

/** The signals of a well-known pipeline, with parameters: a file of `profiles/`. */
export const profileSchema = z.strictObject({
  name: z.string(),
  about: z.string(),
  parameters: z.record(z.string(), parameter),
  signals: z.array(
    z.looseObject({
      name: z.string(),
      /** The parameters without which this signal is left out. */
      needs: z.optional(z.array(z.string())),
    }),
  ),
});

export type Parameter = z.output<typeof parameter>;
export type Profile = z.output<typeof profileSchema>;

/** Every profile that there is, by name. */
export type Profiles = ReadonlyMap<string, Profile>;

/** What is wrong with a value for a parameter, and what to write; undefined where nothing is. */
export function parameterProblem({ type, about }: Parameter, value: unknown): string | undefined {
  if (typeof value === 'string' && value.includes('${env:')) return undefined;
  return FITS[type](value) ? undefined : `${FORMS[type]} (${about})`;
}

const FITS: Readonly<Record<ParameterType, (value: unknown) => boolean>> = {
  text: (value) => typeof value === 'string' && value !== '',
  list: (value) =>
    Array.isArray(value) &&
    value.length > 0 &&
    value.every((item) => typeof item === 'string' && item !== ''),
  labels: (value) =>
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.values(value).every((one) => typeof one === 'string'),
  number: (value) => typeof value === 'number' && Number.isFinite(value),
  duration: (value) => typeof value === 'string' && parseDuration(value) !== undefined,
  share: (value) => typeof value === 'string' && /^\d{1,3}(?:\.\d+)?%$/.test(value),
};

const FORMS: Readonly<Record<ParameterType, string>> = {
  text: 'is not text; write one text',
  list: 'is not a list of texts; write [a, b]',
  labels: 'is not a mapping of labels to texts; write { cluster: prod-eu }',
  number: 'is not a number; write digits without quotes',
  duration: 'is not a duration; write one such as 5m',
  share: 'is not a share; write one such as 20%',
};

/** A parameter's value as one writes it in YAML, in one line. */
export function written(value: NonNullable<Parameter['default']>): string {
  if (typeof value === 'string') return scalar(value);
  if (typeof value === 'number') return String(value);
  if (Array.isArray(value)) return `[${value.map(scalar).join(', ')}]`;
  const pairs = Object.entries(value).map(([label, text]) => `${label}: ${scalar(text)}`);
  return `{ ${pairs.join(', ')} }`;
}

/** In quotes where YAML would read something else. */
function scalar(text: string): string {
  return /^[A-Za-z/][\w ./-]*$|^\d+[smhd%]$/.test(text) ? text : `'${text.replaceAll("'", "''")}'`;
}
