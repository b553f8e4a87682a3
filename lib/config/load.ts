import { openCrons } from '../mutes/cron.ts';
import { type Env, omitReferences, resolveReferences, type Resolved } from './env.ts';
import { withDefaultEvery } from './default-every.ts';
import { everyFaults } from './every-faults.ts';
import type { DraftConfig } from './draft.ts';
import { messageOf, placeOf } from './message.ts';
import { type Fault, type Path, type Problem, sortProblems, valueAt } from './problems.ts';
import { parseMany } from './parse-many.ts';
import { openPromqlSyntax } from './promql.ts';
import { type Expanded, expandProfiles, hasProfiles, withoutProfiles } from '../profiles/expand.ts';
import type { Profiles } from '../profiles/profile.ts';
import { openRegexes } from './regexes.ts';
import { type Config, configSchema } from './schema.ts';
import { semanticFaults, type SemanticPorts } from './semantics.ts';
import { salvage } from './walk.ts';
import { faultsOf } from './words.ts';
import { type Position, type ReadText, readYaml } from './yaml-text.ts';

interface Warned {
  readonly warnings: readonly Problem[];
}
export interface Refused extends Warned {
  readonly problems: readonly Problem[];
}
export interface Loaded extends Warned {
  readonly config: Config;
}
export interface Built extends Warned {
  /** The user's document, `${env:…}` left as it is. */
  readonly json: string;
}

/** Where a text comes from and when it is read. */
export interface TextOrigin {
  readonly file: string;
  /** Milliseconds since the epoch: what is long over then is a warning. Without it nothing is. */
  readonly now?: number;
  /** The profiles that clusters may have, read where one has. */
  readonly profiles?: () => Promise<Profiles>;
}

/** How often a cluster is verified that does not say, such as `10m`; the schema's default without it. */
interface DefaultEvery {
  readonly every?: string | undefined;
}

/** The configuration that a YAML text says, or every problem it has. */
export async function loadConfig(
  text: string,
  { env, ...origin }: TextOrigin & { readonly env: Env },
): Promise<Loaded | Refused> {
  const expanded = await readExpanded(text, origin);
  const { config, problems, warnings } = await judge(expanded, origin, (document) =>
    resolveReferences(document, env),
  );
  return config && problems.length === 0 ? { config, warnings } : { problems, warnings };
}

/** What `loadBuilt` reads later, in another environment: references are left symbolic, and none needs to be set. */
export async function builtConfig(
  text: string,
  { every, ...origin }: TextOrigin & DefaultEvery,
): Promise<Built | Refused> {
  const expanded = await readExpanded(text, origin);
  const { source } = expanded;
  const { problems, warnings } = await judge(expanded, origin, (document) =>
    omitReferences(withDefaultEvery(document, every)),
  );
  if (problems.length > 0) return { problems, warnings };
  const told = stateFaults(source.value).map((fault) => problemOf(fault, source, origin.file));
  return {
    json: JSON.stringify(withoutProfiles(source.value)),
    warnings: sortProblems([...warnings, ...told]),
  };
}

async function readExpanded(text: string, { profiles }: TextOrigin): Promise<Expanded> {
  const source = await readYaml(text);
  if (!profiles || !hasProfiles(source.value)) return { source, faults: [] };
  return expandProfiles(source, await profiles());
}

/** Functions keep their state in their table, whatever is written. */
function stateFaults(document: unknown): Fault[] {
  const state = valueAt(document, ['state']);
  if (typeof state !== 'string' || !state.startsWith('file:') || state.includes('${')) return [];
  const says =
    'is not what the functions use; write state: dynamodb:plumbline-live-state, or mute and history here will not be theirs';
  return [{ path: ['state'], on: 'value', level: 'warning', says }];
}

/**
 * The configuration from what `builtConfig` made, judged by the schemas again now that the references are known. The
 * rules between parts were judged when it was built. Problems have no place in such a file: line 1, column 1.
 */
export function loadBuilt(
  json: string,
  { env, file = 'plumbline.json', every }: DefaultEvery & { readonly env: Env; readonly file?: string },
): Loaded | Refused {
  const refused = (message: string) => ({
    problems: [{ file, ...START, level: 'error' as const, message }],
    warnings: [],
  });
  const parsed = parseJson(json);
  if (parsed === undefined) return refused(NOT_JSON);
  const written = withDefaultEvery(parsed, every);
  return unlessTooMuch(
    () => judgeBuilt(json, written, env, file),
    () => refused(TOO_MUCH),
  );
}

function judgeBuilt(json: string, written: unknown, env: Env, file: string): Loaded | Refused {
  const { value, faults, open } = json.includes('${')
    ? resolveReferences(written, env)
    : { value: written, faults: [], open: [] };
  const errors = faults.filter(({ level }) => level === 'error');
  const config = parseMany(value);
  // What was built for another interval may be uneven with this one.
  const uneven = config ? unevenFaults(config) : [];
  if (config && errors.length === 0 && uneven.length === 0) return { config, warnings: [] };
  const source = { value: written, faults: [], positionOf: () => START, numeralAt: () => undefined };
  const all = [...errors, ...uneven, ...unlessOpen(faultsOf(configSchema, value), open)];
  return { problems: sortProblems(all.map((fault) => problemOf(fault, source, file))), warnings: [] };
}

function unevenFaults({ clusters }: Config): Fault[] {
  return clusters.flatMap((cluster, at) =>
    cluster.signals.flatMap((signal, index) =>
      everyFaults(signal, cluster, ['clusters', at, 'signals', index]),
    ),
  );
}

const NOT_JSON = 'this is not a built configuration; run plumbline build, or npm run build, which write it';

/** Neither the schemas nor a call can take more than about 100,000 of anything at once. */
const TOO_MUCH =
  'the configuration is nested too deeply, or has more problems than can be told; validate one cluster of it first';

function unlessTooMuch<T>(judge: () => T, otherwise: () => T): T {
  try {
    return judge();
  } catch (error) {
    if (error instanceof RangeError) return otherwise();
    throw error;
  }
}

const START: Position = { line: 1, column: 1 };

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

interface Judged extends Warned {
  readonly config: Config | undefined;
  readonly problems: readonly Problem[];
}

async function judge(
  { source, faults }: Expanded,
  { file, now }: TextOrigin,
  resolve: (document: unknown) => Resolved,
): Promise<Judged> {
  const hasMutes = valueAt(source.value, ['alerts', 'mutes']) !== undefined;
  const [regexes, crons, promql] = await Promise.all([
    openRegexes(),
    hasMutes ? openCrons() : undefined,
    hasPromql(source.value) ? openPromqlSyntax() : undefined,
  ]);
  const problem: Problem = { file, ...START, level: 'error', message: TOO_MUCH };
  return unlessTooMuch(
    () => judgeText(source, faults, file, resolve, { regexes, crons, promql, now }),
    () => ({ config: undefined, problems: [problem], warnings: [] }),
  );
}

/** Whether any signal has a query of the user's own. */
function hasPromql(document: unknown): boolean {
  const listAt = (value: unknown, key: string): readonly unknown[] => {
    const list = valueAt(value, [key]);
    return Array.isArray(list) ? list : [];
  };
  return listAt(document, 'clusters').some((cluster) =>
    listAt(cluster, 'signals').some((signal) => valueAt(signal, ['promql']) !== undefined),
  );
}

function judgeText(
  source: ReadText,
  profileFaults: readonly Fault[],
  file: string,
  resolve: (document: unknown) => Resolved,
  ports: SemanticPorts,
): Judged {
  const textProblems = source.faults.map((fault) => textProblem(fault, source, file));
  if (source.value === undefined) {
    return { config: undefined, problems: sortProblems(textProblems), warnings: [] };
  }
  const { value, faults, open } = resolve(source.value);
  const parsed = configSchema.safeParse(value);
  const draft = parsed.success ? parsed.data : (salvage(configSchema, value) as DraftConfig | undefined);
  const all = [
    ...profileFaults,
    ...faults,
    ...(parsed.success ? [] : unlessOpen(faultsOf(configSchema, value), [...open, ...unreadPlaces(source)])),
    ...semanticFaults(draft ?? {}, source.value, ports),
  ];
  const problems = sortProblems([...textProblems, ...all.map((fault) => problemOf(fault, source, file))]);
  return {
    config: parsed.success ? parsed.data : undefined,
    problems: problems.filter(({ level }) => level === 'error'),
    warnings: problems.filter(({ level }) => level === 'warning'),
  };
}

function textProblem(
  { line, column, path, says }: ReadText['faults'][number],
  source: ReadText,
  file: string,
): Problem {
  const place = path.length === 0 ? '' : `${placeOf(source.value, path)}: `;
  return { file, line, column, level: 'error', message: `${place}${says}` };
}

/** Where an alias stands for nothing: that is told once. */
function unreadPlaces({ value, faults }: ReadText): Path[] {
  return faults.map(({ path }) => path).filter((path) => valueAt(value, path) === undefined);
}

/** A text that was left out is judged when it is known. */
function unlessOpen(faults: readonly Fault[], open: readonly Path[]): Fault[] {
  const places = new Set(open.map((path) => JSON.stringify(path)));
  return faults.filter(({ path }) => !places.has(JSON.stringify(path)));
}

function problemOf(fault: Fault, source: ReadText, file: string): Problem {
  return {
    file,
    ...source.positionOf(fault.path, fault.on),
    level: fault.level,
    message: messageOf(fault, source),
  };
}
