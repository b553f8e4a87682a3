import type { Severity } from './incidents/memory.ts';

/**
 * Why a message is sent, the most urgent of what it holds, in this order: an incident opened, an open one has new findings, signals
 * could not be observed any more, a reminder (of what is still open, or that a mute ended), a recovery, sight returned,
 * or signals are no longer watched. Apart from incidents, what is watched was compared with what there is.
 */
export const reasons = [
  'opened',
  'found',
  'blind',
  'reminder',
  'recovered',
  'sighted',
  'unwatched',
  'compared',
  'test',
] as const;
export type Reason = (typeof reasons)[number];

/** The most urgent of why things are told, in the order of `reasons`. */
export function mostUrgent(all: readonly Reason[]): Reason {
  return reasons.find((reason) => all.includes(reason)) ?? 'reminder';
}

/**
 * What people are told after one run: about one cluster, or about several that share one story. Every text is printable
 * and on one line; channels escape it for themselves.
 */
export interface Message {
  /** The same for what says the very same again, such as after a crash between sending and remembering. */
  readonly id: string;
  /** One, or the clusters of a storm. */
  readonly clusters: readonly string[];
  readonly severity: Severity;
  readonly reason: Reason;
  /** What broke, or is over, and where, for one line of a telephone. */
  readonly title: string;
  /** ISO 8601 with milliseconds, UTC. */
  readonly checkedAt: string;
  /** What all of it has in common, a few lines: what is broken, since when, what still works. */
  readonly story: readonly string[];
  /** What changed about when it broke, as the story names it; each on one line. */
  readonly changes: readonly string[];
  /** What is failing, worst first; the rest are only named in `others`. */
  readonly entries: readonly Entry[];
  /** Names beyond `entries`. */
  readonly others: readonly string[];
  /** What could not be observed, once per reason. */
  readonly blind: readonly Blind[];
  /** What is over. */
  readonly over: readonly Over[];
  /** Names of the signals that still arrive. */
  readonly ok: readonly string[];
  /** For channels that count incidents themselves; every incident of the cluster that this message is about. */
  readonly incidents: readonly IncidentState[];
}

/** One failing signal; in a storm, one cluster. */
export interface Entry {
  readonly name: string;
  readonly severity: Severity;
  /** The plane, and what else is worth a word: `amp`, `amp, warning`; in a storm the signals concerned. */
  readonly about: string;
  /** Why it is told now: `failing in 2 of 2 runs`, `still failing after 4h`. */
  readonly why: string;
  /** When it began, and in words: `silent since 2026-11-20 11:45:40Z, for 14m 20s`. */
  readonly since: { readonly at: string; readonly text: string } | null;
  /** The strongest first. */
  readonly findings: readonly MessageFinding[];
  /** Findings that are not told. */
  readonly moreFindings: number;
  /** Who looks at what is missing: `alarm checkout-errors, rule shop/HighLatency and 3 more`; null where nobody is known to. */
  readonly wentBlind: string | null;
  /** To be pasted into the plane's console; null where it is too long for a message. */
  readonly question: string | null;
  /** The plane's console for the time in question, an https address. */
  readonly console: string | null;
  readonly runbook: string | null;
}

export interface MessageFinding {
  readonly expectation: string;
  readonly subject: string;
  readonly observed: string;
  readonly expected: string;
  /** It was not there when the incident was last told. */
  readonly isNew: boolean;
}

/** What could not be observed, once per reason. */
export interface Blind {
  readonly signals: string;
  readonly reason: string;
  readonly detail: string;
  /** Why it is told now, such as `unobserved in 3 of 3 runs`; null where it only stands beside other news. */
  readonly why: string | null;
}

/** Signals about which the same is over, for the same reason. */
export interface Over {
  readonly signals: string;
  readonly what: 'recovered' | 'sighted' | 'unwatched';
  /** `ok in 2 of 2 runs, after 35m; the last was silent since …` */
  readonly why: string;
}

/** One incident as channels count them: what opened together. Its key never changes while it is open. */
export interface IncidentState {
  readonly key: string;
  readonly severity: Severity;
  /** Nothing of it is open any more. */
  readonly isOver: boolean;
  /** One line. */
  readonly summary: string;
}

const MOST_NAMES = 30;

/** `a, b, c and 12 more` */
export function named(names: readonly string[], most = MOST_NAMES): string {
  const rest = names.length - most;
  return rest > 0 ? `${names.slice(0, most).join(', ')} and ${rest} more` : names.join(', ');
}
