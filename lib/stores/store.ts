import type { CredentialsFor } from '../aws/credentials.ts';
import type { Baseline } from '../baseline/baseline.ts';
import type { Clock } from '../clock.ts';
import type { HeldKey, HeldRun } from '../dispatch/held.ts';
import type { RunRecord } from '../history.ts';
import type { ClusterMemory } from '../incidents/memory.ts';
import type { Standing } from '../incidents/standing.ts';

/** What a store needs of the outside. */
export interface StorePorts {
  readonly clock: Clock;
  /** Where the table is, unless its ARN says so. */
  readonly region: string | undefined;
  readonly credentials: CredentialsFor;
  /** When whatever is asked now must be over, in milliseconds since the epoch; without it each request has its patience alone. */
  readonly deadline?: () => number;
}

/** Why a store could not do what it was asked. `unreadable` and `newer` concern one item, which is left as it is. */
export type StoreTrouble =
  | 'unreadable'
  | 'newer'
  | 'too-large'
  | 'missing'
  | 'denied'
  | 'throttled'
  | 'timeout'
  | 'unreachable'
  | 'rejected';

/** What a store throws: expected trouble, in words for people that name the place and the remedy. */
export class StoreError extends Error {
  readonly trouble: StoreTrouble;
  constructor(trouble: StoreTrouble, message: string) {
    super(message);
    this.name = 'StoreError';
    this.trouble = trouble;
  }
}

/** What `runs` throws where some can be read and others cannot. */
export class PartOfRuns extends StoreError {
  /** Those that can be read, oldest first. */
  readonly runs: readonly RunRecord[];
  constructor(trouble: StoreTrouble, message: string, runs: readonly RunRecord[]) {
    super(trouble, message);
    this.runs = runs;
  }
}

/** A mute that was added while running. Times are milliseconds since the epoch. */
export interface RuntimeMute {
  readonly id: string;
  /** Names; none means all. */
  readonly clusters: readonly string[];
  readonly signals: readonly string[];
  readonly from: number;
  readonly until: number;
  readonly reason: string;
}

/** A configuration as it was built, and its version where it stood. */
export interface KeptConfig {
  readonly version: string;
  readonly text: string;
}

/** A cluster's memory and the version that it was read at; 0 is before the first write. */
export interface Stored {
  readonly memory: ClusterMemory;
  readonly version: number;
}

/** What comparisons have told, and the version that it was read at; 0 is before the first write. */
export interface Told {
  /** The digest of each thing that was told and still held when it was last looked at. */
  readonly told: readonly string[];
  readonly version: number;
}

/** A signal's baseline, and the version that it was read at. */
export interface StoredBaseline {
  readonly baseline: Baseline;
  readonly version: number;
}

/** What outlives a run. Everything rejects with a StoreError, and with nothing else, for what the outside does. */
export interface Store {
  /** What is remembered of a cluster; `NOTHING` at version 0 where nothing is. */
  read(cluster: string): Promise<Stored>;
  /** What is remembered of every cluster, by name, in a few requests; the trouble with those that cannot be read. */
  readAll(): Promise<ReadonlyMap<string, ClusterMemory | StoreError>>;
  /**
   * Writes if the stored version still is `version`; false where another run was first, and nothing is written. After
   * true the stored version is `version` + 1.
   */
  write(cluster: string, memory: ClusterMemory, version: number): Promise<boolean>;
  /** Removes a cluster's memory if the stored version still is `version`; false where another run was first. */
  forget(cluster: string, version: number): Promise<boolean>;
  /** The clusters that anything is remembered of. */
  clusters(): Promise<readonly string[]>;
  /** The same, and how each stands; where it cannot be read, `UNKNOWN_STANDING`. */
  standings(): Promise<ReadonlyMap<string, Standing>>;

  /** Keeps a run whose telling waits for the next tick, for `HELD_MS`; what is known by the same key is replaced. */
  hold(run: HeldRun): Promise<void>;
  /** The runs that are kept and not older than `HELD_MS` at `now`, oldest first. One that cannot be read is left out. */
  held(now: number): Promise<readonly HeldRun[]>;
  /** Lets go of a run that was held. */
  release(run: HeldKey): Promise<void>;

  /** Remembers the last good configuration of a place. */
  keepConfig(place: string, kept: KeptConfig): Promise<void>;
  /** What was remembered of it; undefined where nothing was. */
  keptConfig(place: string): Promise<KeptConfig | undefined>;

  /** The baselines of a cluster's signals, by name; one that cannot be read stands there as its error. */
  baselines(cluster: string): Promise<ReadonlyMap<string, StoredBaseline | StoreError>>;
  /** As `write`, of one signal's baseline; 0 is the version before the first. */
  writeBaseline(cluster: string, signal: string, baseline: Baseline, version: number): Promise<boolean>;
  /** Removes a signal's baseline, whether or not it can be read. */
  forgetBaseline(cluster: string, signal: string): Promise<void>;

  /** Mutes that are not over at `now`, oldest first, whether or not the store has cleaned up yet. */
  mutes(now: number): Promise<readonly RuntimeMute[]>;
  /** The same mute twice is one; another mute under the id of one that is stored is refused. */
  addMute(mute: RuntimeMute): Promise<void>;
  /** Whether there was such a mute. */
  endMute(id: string): Promise<boolean>;

  /** Adds a run to the history; the same run twice is one. Kept for `HISTORY_MS`. */
  addRun(run: RunRecord): Promise<void>;
  /**
   * A cluster's runs at or after `from` and not older than `HISTORY_MS` at `now`, oldest first. Rejects with
   * `PartOfRuns` where not all of them can be read.
   */
  runs(cluster: string, from: number, now: number): Promise<readonly RunRecord[]>;

  /** What weekly comparisons have told; nothing at version 0 at first. */
  told(): Promise<Told>;
  /** Writes if the stored version still is `version`; false where another comparison was first. */
  writeTold(told: readonly string[], version: number): Promise<boolean>;

  close(): void;
}
