import type { ConfigurationState } from '../dispatch/own-facts.ts';
import type { Fetched } from './remote.ts';
import type { Config } from './schema.ts';

/** The configuration that holds, and what is known of the newest one. */
export interface InForce {
  readonly config: Config;
  /** The version that was read last, good or not. */
  readonly version: string;
  readonly state: ConfigurationState;
  /** The text of a version that was found good just now, to be remembered; undefined otherwise. */
  readonly good: { readonly version: string; readonly text: string } | undefined;
}

export interface InForcePorts {
  /** What stands there now, unless it is the version that is named. */
  readonly fetch: (known: string | undefined) => Promise<Fetched>;
  readonly load: (
    text: string,
  ) => Promise<{ readonly config: Config } | { readonly problems: readonly string[] }>;
  /** The last good text that is remembered; undefined where there is none, or it cannot be read. */
  readonly remembered: () => Promise<string | undefined>;
}

/**
 * The configuration that holds from now on: what stands there where it is good, else the last good one, `before` or
 * remembered. Problems where there is none at all.
 */
export async function inForce(
  before: InForce | undefined,
  { fetch, load, remembered }: InForcePorts,
): Promise<InForce | { readonly problems: readonly string[] }> {
  const fetched = await fetch(before?.version);
  if ('unchanged' in fetched && before) {
    const isBackInSight = before.state.verdict === 'unknown';
    return { ...before, good: undefined, ...(isBackInSight ? { state: { verdict: 'ok' as const } } : {}) };
  }
  if ('text' in fetched) {
    const { version, text } = fetched;
    const loaded = await load(text);
    if ('config' in loaded)
      return { config: loaded.config, version, state: { verdict: 'ok' }, good: fetched };
    const config = await lastGood();
    const state = { verdict: 'failing' as const, problems: loaded.problems };
    return config ? { config, version, state, good: undefined } : { problems: loaded.problems };
  }
  const detail = 'unreadable' in fetched ? fetched.unreadable : 'nothing was read';
  const config = await lastGood();
  if (!config) return { problems: [detail] };
  // A wrong one that cannot be read again is still wrong.
  const isWrong = before?.state.verdict === 'failing';
  const state = isWrong ? before.state : { verdict: 'unknown' as const, detail };
  return { config, version: before?.version ?? '', state, good: undefined };

  async function lastGood(): Promise<Config | undefined> {
    if (before) return before.config;
    const text = await remembered();
    const loaded = text === undefined ? undefined : await load(text);
    return loaded && 'config' in loaded ? loaded.config : undefined;
  }
}
