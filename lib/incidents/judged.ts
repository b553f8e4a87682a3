import type { AwaitedGroup } from '../silence.ts';
import type { Severity } from './memory.ts';

/** What one run saw of one signal. */
export interface Judged {
  readonly signal: string;
  readonly plane: string;
  readonly severity: Severity;
  readonly failAfter: number;
  readonly verdict: 'ok' | 'failing' | 'unknown';
  /** Its findings by identity, each with those that imply it. */
  readonly findings: ReadonlyMap<string, readonly string[]>;
  /** The identities of its gains, which are told once and leave it ok. */
  readonly gains: readonly string[];
  /** When what fails began, where that is known. Milliseconds since the epoch. */
  readonly since: number | null;
  /** Ok only because a rollout explains what would else be findings. */
  readonly isHeld: boolean;
  /** Expected groups without a live series, and whether nothing else is wrong than that an incident waits for them. */
  readonly missing: readonly AwaitedGroup[];
  readonly onlyAwaits: boolean;
  /** Unknown only for the time that a successor may need to be listed: healthy, and no blindness. */
  readonly isPending: boolean;
}

/** A run: who it is, and what it saw. */
export interface RunFacts {
  /** The same for what is the same run, delivered twice. */
  readonly id: string;
  /** When it was due, by which runs are ordered; and when it looked. Milliseconds since the epoch. */
  readonly at: number;
  readonly checkedAt: number;
  /** It only confirms what is newly failing: nothing else moves. */
  readonly isConfirmation: boolean;
  readonly judged: readonly Judged[];
  /** Every signal of the configuration that is switched on, judged by this run or not. */
  readonly watched: ReadonlySet<string>;
}
