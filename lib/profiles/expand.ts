import { setOwn } from '../config/env.ts';
import { didYouMean, type Fault, type Path, quote, suggestion, valueAt } from '../config/problems.ts';
import type { ReadText } from '../config/yaml-text.ts';
import { anyOf } from '../promql/text.ts';
import { planes } from '../signal.ts';
import { type Parameter, parameterProblem, type Profile, type Profiles, written } from './profile.ts';

/** A document with its profiles' signals written out, and what is wrong with how they are used. */
export interface Expanded {
  readonly source: ReadText;
  readonly faults: readonly Fault[];
}

type Mapping = Readonly<Record<string, unknown>>;

/** Whether any cluster of the document has a profile. */
export function hasProfiles(document: unknown): boolean {
  return clustersOf(document).some((cluster) => isMapping(cluster) && cluster['profile'] !== undefined);
}

/**
 * Writes the signals of each cluster's profile under its `signals`, the parameters of `with` filled in. A signal of the
 * cluster named like one of the profile's is merged over it, key by key. What came from a profile has the place of the
 * key `profile`; everything else keeps its own.
 */
export function expandProfiles(source: ReadText, profiles: Profiles): Expanded {
  const faults: Fault[] = [];
  const origins = new Map<number, readonly Origin[]>();
  const clusters = clustersOf(source.value).map((cluster, index) => {
    if (!isMapping(cluster) || cluster['profile'] === undefined) return cluster;
    const at: Path = ['clusters', index];
    const before = faults.length;
    const profile = profileOf(cluster, at, profiles, faults);
    const values = parametersOf(cluster, profile, at, faults);
    // Half of a profile would only be told as further faults.
    if (faults.length > before) return { ...cluster, signals: [] };
    const signals = merged(profile, values, cluster['signals']);
    if (!signals) return cluster;
    faults.push(...strangers(profile, signals, at));
    if (faults.length > before) return { ...cluster, signals: [] };
    origins.set(
      index,
      signals.map(({ origin }) => origin),
    );
    return { ...cluster, signals: signals.map(({ signal }) => signal) };
  });
  const value = { ...(source.value as Mapping), clusters };
  const originOf = (path: Path): Path => placeIn(source.value, path, origins);
  return {
    faults,
    source: {
      ...source,
      value,
      positionOf: (path, on) => source.positionOf(originOf(path), on),
      numeralAt: (path) => source.numeralAt(originOf(path)),
    },
  };
}

/** The document without the keys that have been expanded. */
export function withoutProfiles(document: unknown): unknown {
  if (!hasProfiles(document)) return document;
  const clusters = clustersOf(document).map((cluster) => {
    if (!isMapping(cluster)) return cluster;
    const { profile: _profile, with: _with, ...rest } = cluster;
    return rest;
  });
  return { ...(document as Mapping), clusters };
}

/** Where a signal of the expanded list stands in the file: at an index of `signals`, or nowhere but in the profile. */
type Origin = number | undefined;

function placeIn(written: unknown, path: Path, origins: ReadonlyMap<number, readonly Origin[]>): Path {
  const [clusters, index, signals, at, ...rest] = path;
  if (clusters !== 'clusters' || signals !== 'signals' || at === undefined) return path;
  const known = typeof index === 'number' ? origins.get(index) : undefined;
  if (!known) return path;
  const origin = known[Number(at)];
  const own: Path = ['clusters', index ?? 0, 'signals', origin ?? 0, ...rest];
  const isOwn = origin !== undefined && (rest.length === 0 || valueAt(written, own) !== undefined);
  return isOwn ? own : ['clusters', index ?? 0, 'profile'];
}

function profileOf(cluster: Mapping, at: Path, profiles: Profiles, faults: Fault[]): Profile | undefined {
  const name = cluster['profile'];
  const profile = typeof name === 'string' ? profiles.get(name) : undefined;
  if (!profile) {
    const says = `is not a profile; ${suggestion(String(name), [...profiles.keys()])}`;
    faults.push({ path: [...at, 'profile'], on: 'value', level: 'error', says });
  }
  return profile;
}

/** The value of every parameter that has one. */
function parametersOf(
  cluster: Mapping,
  profile: Profile | undefined,
  at: Path,
  faults: Fault[],
): ReadonlyMap<string, unknown> {
  const given = isMapping(cluster['with']) ? cluster['with'] : {};
  const values = new Map<string, unknown>([
    ['cluster', cluster['name']],
    ['region', cluster['region']],
  ]);
  if (!profile) return values;
  const fault = (path: Path, on: Fault['on'], says: string) =>
    faults.push({ path: [...at, ...path], on, level: 'error', says });
  const known = Object.keys(profile.parameters);
  const meant = new Set<string | undefined>();
  for (const name of Object.keys(given)) {
    if (known.includes(name)) continue;
    fault(['with', name], 'key', `is no parameter of ${profile.name}; ${suggestion(name, known)}`);
    meant.add(didYouMean(name, known));
  }
  for (const [name, parameter] of Object.entries(profile.parameters)) {
    const own = Object.hasOwn(given, name) ? given[name] : undefined;
    const problem = own === undefined ? undefined : parameterProblem(parameter, own);
    if (problem !== undefined) fault(['with', name], 'value', problem);
    else if (own !== undefined) values.set(name, own);
    else if (parameter.default !== undefined) values.set(name, filled(parameter.default, values));
    else if (parameter.optional !== true && !meant.has(didYouMean(name, known)))
      fault(['profile'], 'value', missing(profile.name, name, parameter));
  }
  return values;
}

function missing(profile: string, name: string, { about, example }: Parameter): string {
  return `needs ${name} (${about}); write with: { ${name}: ${written(example ?? '…')} }, see plumbline profiles ${profile}`;
}

interface Merged {
  readonly signal: unknown;
  readonly origin: Origin;
  /** It is the cluster's alone. */
  readonly isOwn?: boolean;
}

/** The profile's signals with the cluster's own merged over them, then those that are the cluster's alone. */
function merged(
  profile: Profile | undefined,
  values: ReadonlyMap<string, unknown>,
  own: unknown,
): readonly Merged[] | undefined {
  const written: readonly unknown[] = Array.isArray(own) ? own : [];
  if (!profile || (own !== undefined && !Array.isArray(own))) return undefined;
  const used = new Set<number>();
  const all = profile.signals
    .filter(({ needs = [] }) => needs.every((name) => values.has(name)))
    .map(({ needs: _needs, ...signal }): Merged => {
      const made = filled(signal, values) as Mapping;
      const origin = written.findIndex((one) => isMapping(one) && one['name'] === made['name']);
      if (origin < 0) return { signal: made, origin: undefined };
      used.add(origin);
      return { signal: mergedOver(made, written[origin]), origin };
    });
  const others = written.flatMap((signal, origin): Merged[] =>
    used.has(origin) ? [] : [{ signal, origin, isOwn: true }],
  );
  return [...all, ...others];
}

/** The key under which a profile writes a mapping whose keys become those of the mapping around it. */
const SPREAD = '...';
/** Signals of the cluster that only make sense over one of the profile's, which there is not. */
function strangers(profile: Profile | undefined, signals: readonly Merged[], at: Path): Fault[] {
  const all = profile?.signals ?? [];
  return signals.flatMap(({ signal, origin, isOwn }): Fault[] => {
    if (!isOwn || !isMapping(signal) || planes.some((plane) => plane in signal)) return [];
    const name = String(signal['name']);
    const needs = all.find((one) => one.name === name)?.needs;
    const says = needs
      ? `${quote(name)} is left out of ${profile?.name} without ${needs.join(' and ')}; write with: { ${needs.map((one) => `${one}: …`).join(', ')} }, or remove it here`
      : `${quote(name)} is no signal of ${profile?.name} and has no plane; ${suggestion(
          name,
          all.map((one) => one.name),
        )}`;
    return [{ path: [...at, 'signals', origin ?? 0, 'name'], on: 'value', level: 'error', says }];
  });
}

/** The own value where there is one; mappings key by key, lists and texts as a whole. */
function mergedOver(profiles: unknown, own: unknown): unknown {
  if (own === undefined) return profiles;
  if (!isMapping(profiles) || !isMapping(own)) return own;
  const copy: Record<string, unknown> = { ...profiles };
  for (const [key, inner] of Object.entries(own)) {
    setOwn(copy, key, mergedOver(Object.hasOwn(profiles, key) ? profiles[key] : undefined, inner));
  }
  return copy;
}

const WHOLE = /^\$\{with:(\w+)\}$/;
const INSIDE = /\$\{with:(\w+)\}/g;

/** A value of a profile with its `${with:…}` replaced: as a whole by the parameter itself, inside a text as text. */
function filled(value: unknown, values: ReadonlyMap<string, unknown>): unknown {
  if (typeof value === 'string') {
    const [, whole] = WHOLE.exec(value) ?? [];
    if (whole !== undefined) return values.get(whole);
    return value.replace(INSIDE, (_, name: string) => textOf(values.get(name)));
  }
  if (Array.isArray(value)) return value.map((item) => filled(item, values));
  if (!isMapping(value)) return value;
  const copy: Record<string, unknown> = {};
  for (const [key, inner] of Object.entries(value)) {
    const made = REGEX_OPERATORS.has(key) ? anyIn(filled(inner, values)) : filled(inner, values);
    if (key === SPREAD) {
      for (const [name, one] of Object.entries(isMapping(made) ? made : {})) setOwn(copy, name, one);
      continue;
    }
    // What is not given is not expected.
    if (made !== undefined) setOwn(copy, key, made);
  }
  return copy;
}

const REGEX_OPERATORS = new Set(['=~', '!~']);

/** A list that a label is compared with by a pattern is any of its texts. */
function anyIn(value: unknown): unknown {
  return Array.isArray(value) ? anyOf(value.map(String)) : value;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}

function clustersOf(document: unknown): readonly unknown[] {
  const clusters = valueAt(document, ['clusters']);
  return Array.isArray(clusters) ? clusters : [];
}

function isMapping(value: unknown): value is Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
