import { closest, distance } from 'fastest-levenshtein';
import { printable } from '../printable.ts';

/** Where something is in the configuration: the keys and list indexes that lead to it. */
export type Path = readonly (string | number)[];

export type Level = 'error' | 'warning';

/** Something wrong, for people: where, what, and what to write instead. Lines and columns start at 1. */
export interface Problem {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly level: Level;
  readonly message: string;
}

/** Something wrong at a key or its value, not yet placed in a file. */
export interface Fault {
  readonly path: Path;
  readonly on: 'key' | 'value';
  readonly level: Level;
  /** A predicate and a remedy: `is not a duration; write 5m`. `WRITTEN` stands for what the file has there. */
  readonly says: string;
  /** The other place that is concerned: its line is told. */
  readonly other?: Path;
}

/** Replaced by the text as the file has it, so that the value behind a reference is never told. */
export const WRITTEN = '\uE000';

const MAX_QUOTED_CHARACTERS = 60;
/** Comparing with more would take long where many names are unknown. */
const MAX_COMPARED_NAMES = 200;
/** How many names of clusters or signals are listed; keys are listed in full. */
const MAX_LISTED_NAMES = 10;

/** `plumbline.yaml:12:7: error: …` */
export function formatProblem(problem: Problem): string {
  return `${problem.file}:${problem.line}:${problem.column}: ${problem.level}: ${problem.message}`;
}

/** In the order of the file, without repetitions. */
export function sortProblems(problems: readonly Problem[]): Problem[] {
  const unique = new Map(problems.map((problem) => [formatProblem(problem), problem]));
  return [...unique.values()].sort((a, b) => a.line - b.line || a.column - b.column);
}

/** The user's text in quotes: cut, harmless for a terminal, and without what a URL may keep secret. */
export function quote(text: string): string {
  const harmless = printable(withoutSecrets(text), MAX_QUOTED_CHARACTERS)
    .replaceAll(WRITTEN, '\\ue000')
    .replaceAll('"', '\\"');
  return `"${harmless}"`;
}

/** Credentials and query of a URL, and the path of a Slack webhook, are replaced by `…`. */
function withoutSecrets(text: string): string {
  const cut = text.slice(0, 4 * MAX_QUOTED_CHARACTERS + 1000);
  return cut
    .replace(/(:\/\/).*@/s, '$1…@')
    .replace(/(:\/\/[^?]*\?).*/s, '$1…')
    .replace(/(hooks\.slack[^/]*\/).*/s, '$1…');
}

/**
 * `did you mean "fresh"?` where one of the likely names is close, else the known names, at most `limit` of them.
 */
export function suggestion(
  name: string,
  known: readonly string[],
  {
    likely = known,
    limit = MAX_LISTED_NAMES,
  }: { readonly likely?: readonly string[]; readonly limit?: number } = {},
): string {
  return didYouMean(name, likely) ?? knownNames(known, limit);
}

/** `did you mean "fresh"?`, or undefined where no known name is close. */
export function didYouMean(name: string, known: readonly string[]): string | undefined {
  const near = nearest(name, known);
  return near === undefined ? undefined : `did you mean ${quote(near)}?`;
}

/** `known are a, b, and 3 more` */
export function knownNames(known: readonly string[], limit = MAX_LISTED_NAMES): string {
  if (known.length === 0) return 'there are none';
  const listed = known.slice(0, limit).map((one) => printable(one, MAX_QUOTED_CHARACTERS));
  const more = known.length > listed.length ? `, and ${known.length - listed.length} more` : '';
  return `known are ${listed.join(', ')}${more}`;
}

/** The known name that a name is meant to be, or undefined where none is close. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  if (known.length === 0 || name.length > 200) return undefined;
  const likely = known.slice(0, MAX_COMPARED_NAMES);
  const same = likely.find((one) => letters(one) === letters(name));
  if (same !== undefined) return same;
  const near = closest(name, likely);
  const far = distance(name, near);
  if (far < near.length && far <= Math.max(1, Math.floor(near.length / 3))) return near;
  return begin(name, near) ? near : undefined;
}

/** Whether two names are alike for more than half of the longer one: `remindEach`, `remindEvery`. */
function begin(name: string, near: string): boolean {
  const longer = Math.max(name.length, near.length);
  const half = Math.floor(longer / 2) + 1;
  return longer >= 8 && name.length >= half && name.slice(0, half) === near.slice(0, half);
}

/** Equal for `failAfter`, `fail_after` and a transposition such as `fialAfter`. */
function letters(text: string): string {
  return Array.from(text.replaceAll(/[-_ ]/g, '').toLowerCase()).sort().join('');
}

/** The value at the path, or undefined where there is none. */
export function valueAt(value: unknown, path: Path): unknown {
  let found = value;
  for (const key of path) {
    found = isHolder(found) && Object.hasOwn(found, key) ? found[String(key)] : undefined;
  }
  return found;
}

function isHolder(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
