import * as z from 'zod/mini';
import { type Fault, nearest, type Path, suggestion, valueAt, WRITTEN } from './problems.ts';
import { keysKnownTo } from './plane-keys.ts';
import { knownKeys, schemaAt } from './walk.ts';

type Issue = z.core.$ZodIssue;

/** What zod says where a schema brings no words of its own. */
const WORDLESS = 'Invalid input';

/** A mapping with more keys is not shown as an example. */
const MOST_SHOWN_KEYS = 4;

/** Everything that the schema finds wrong with the value, in words for users. */
export function faultsOf(schema: z.core.$ZodType, value: unknown): Fault[] {
  const parsed = z.safeParse(schema, value);
  if (parsed.success) return [];
  const issues = parsed.error.issues.flatMap(leaves);
  const misspelt = new Set(issues.filter(({ code }) => code === 'unrecognized_keys').map(placeKey));
  // A mapping whose only key is misspelt is not empty for its author, nor does it lack what that key is meant to be.
  const told = issues.filter(
    (issue) =>
      (!isAboutEmptiness(issue) || !misspelt.has(placeKey(issue))) &&
      !isMisspeltFor(issue, issues, schema, value),
  );
  return told.flatMap((issue) => faultsOfIssue(schema, value, issue));
}

/** A union's issue is replaced by those of the one option that the value takes the form of. */
function leaves(issue: Issue): Issue[] {
  if (issue.code !== 'invalid_union') return [issue];
  const options = issue.errors.filter((issues) => !issues.some(isAboutForm));
  const [meant] = options;
  if (meant === undefined || options.length > 1) return [issue];
  return meant.flatMap((inner) => leaves({ ...inner, path: [...issue.path, ...inner.path] }));
}

function placeKey({ path }: Issue): string {
  return JSON.stringify(path);
}

function isAboutEmptiness(issue: Issue): boolean {
  return issue.code === 'custom' && issue.params?.['empty'] === true;
}

/** Whether an issue says that one of some keys is missing, beside a key that is meant to be one of them. */
function isMisspeltFor(issue: Issue, issues: readonly Issue[], schema: z.core.$ZodType, value: unknown) {
  const keys: unknown = issue.code === 'custom' ? issue.params?.['oneOf'] : undefined;
  const mapping = valueAt(value, pathOf(issue));
  if (!Array.isArray(keys) || !isObject(mapping)) return false;
  if (keys.some((key) => Object.hasOwn(mapping, String(key)))) return false;
  const place = placeKey(issue);
  const known = knownKeys(schema, pathOf(issue));
  return issues.some(
    (other) =>
      other.code === 'unrecognized_keys' &&
      placeKey(other) === place &&
      other.keys.some((key) => keys.includes(nearest(key, known))),
  );
}

function pathOf({ path }: Issue): Path {
  return path.map((key) => (typeof key === 'number' ? key : String(key)));
}

function isAboutForm(issue: Issue): boolean {
  return issue.code === 'invalid_type' && issue.path.length === 0;
}

function faultsOfIssue(schema: z.core.$ZodType, value: unknown, issue: Issue): Fault[] {
  const path = pathOf(issue);
  if (issue.code === 'unrecognized_keys') {
    const known = knownKeys(schema, path);
    return issue.keys.map((key) => ({
      path: [...path, key],
      on: 'key',
      level: 'error',
      says: unknownKey(key, known, value, path),
    }));
  }
  const on = issue.code === 'custom' && issue.params?.['on'] === 'key' ? 'key' : 'value';
  return [{ path, on, level: 'error', says: predicate(schema, valueAt(value, path), issue, path) }];
}

function unknownKey(key: string, known: readonly string[], value: unknown, path: Path): string {
  const mapping = valueAt(value, path);
  const here = isObject(mapping) ? keysKnownTo(mapping, known) : known;
  const likely = here.filter((name) => !(isObject(mapping) && Object.hasOwn(mapping, name)));
  return `is not known; ${suggestion(key, here, { likely, limit: here.length })}`;
}

function predicate(schema: z.core.$ZodType, found: unknown, issue: Issue, path: Path): string {
  if (found === undefined && (issue.code !== 'custom' || issue.message.startsWith('is not a ')))
    return `is missing; ${remedy(issue, path)}`;
  if (issue.code === 'too_small' && Array.isArray(found)) return 'is an empty list; list at least one';
  if (found === null) return `is empty; ${remedy(issue, path)}`;
  const shown = shape(schema, issue, path);
  if (shown !== undefined) return `is not a mapping; write ${shown}`;
  if (typeof found === 'number' || typeof found === 'boolean') {
    const place = schemaAt(schema, path);
    if (place && z.safeParse(place, String(found)).success) {
      return `is a ${typeof found}, not text; write "${WRITTEN}" in quotes`;
    }
  }
  return issue.message === WORDLESS ? wordsFor(issue) : issue.message;
}

/** `probe: { within: … }` where a mapping with few keys is expected; undefined otherwise. */
function shape(schema: z.core.$ZodType, issue: Issue, path: Path): string | undefined {
  if (issue.code !== 'invalid_type' || issue.expected !== 'object' || issue.message !== WORDLESS)
    return undefined;
  const keys = path.length === 0 ? [] : knownKeys(schema, path);
  if (keys.length === 0 || keys.length > MOST_SHOWN_KEYS) return undefined;
  const pairs = keys.map((key) => `${key}: …`).join(', ');
  return `${path.at(-1) ?? ''}: { ${pairs} }${keys.length > 1 ? ', or some of these' : ''}`;
}

function remedy(issue: Issue, path: Path): string {
  const words = issue.message === WORDLESS ? wordsFor(issue) : issue.message;
  return words.includes('; ') ? words.slice(words.indexOf('; ') + 2) : `write ${path.at(-1) ?? ''}: …`;
}

function wordsFor(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return forms[issue.expected] ?? `is not of the type ${issue.expected}; write another value`;
    case 'invalid_value':
      return `is not allowed; write ${issue.values.map(String).join(' or ')}`;
    case 'too_small':
      return 'is empty; write a text';
    default:
      return 'is not allowed here; write another value or remove the key';
  }
}

const forms: Readonly<Record<string, string>> = {
  array: 'is not a list; write - one item per line, or [a, b]',
  boolean: 'is neither true nor false; write true or false, without quotes',
  number: 'is not a number; write digits without quotes',
  object: 'is not a mapping; write key: value pairs',
  string: 'is not text; write one text',
};

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
