import type { CredentialsFor } from '../aws/credentials.ts';
import type { Listing } from '../cloudwatch/listing.ts';
import { type Absent, type Evidence, type Unavailable, unavailable } from '../evidence.ts';
import type { HttpPorts } from '../promql/client.ts';
import { type AnyEvidence, type Question, questionKey } from '../question.ts';

/** What sources remember from run to run, as long as the process lives. Losing it costs requests, never a verdict. */
export interface SourceMemory {
  /** PromQL that was too expensive or too late. */
  readonly expensive: Set<string>;
  /** The base URLs of workspaces, and lookups under way; what failed is not kept. */
  readonly workspaces: Map<string, Promise<string | Absent | Unavailable>>;
  /** What CloudWatch listed, by what was asked. */
  readonly listings: Map<string, Listing>;
  /** When each CloudWatch series had its newest datapoint as last read. Milliseconds since the epoch. */
  readonly alive: Map<string, number>;
  /** What changes seldom and was read at some time, by what was asked. */
  readonly slow: Map<string, SlowFact>;
  /** When samples of its own were taken by a plane, by plane and probe, in order. Milliseconds since the epoch. */
  readonly probes: Map<string, readonly number[]>;
  /** How each signal was judged last, by cluster and name. */
  readonly verdicts: Map<string, string>;
}

export interface SlowFact {
  /** When it was read. Milliseconds since the epoch. */
  readonly at: number;
  readonly evidence: Evidence<unknown>;
}

/** A memory with nothing in it. */
export function sourceMemory(): SourceMemory {
  return {
    expensive: new Set(),
    workspaces: new Map(),
    listings: new Map(),
    alive: new Map(),
    slow: new Map(),
    probes: new Map(),
    verdicts: new Map(),
  };
}

/** How long what changes seldom is remembered. */
export const SLOW_LASTS_MS = 30 * 60_000;

export interface SourcePorts extends HttpPorts {
  readonly credentials: CredentialsFor;
  readonly memory: SourceMemory;
}

/** The only code that talks to a plane. */
export interface Source {
  /** Answers every question, by `questionKey`, with as few requests as it can. Never rejects for what the network does. */
  ask(questions: readonly Question[]): Promise<ReadonlyMap<string, AnyEvidence>>;
  /** From now on, answers from nothing remembered: for what looks wrong and may only be out of date. */
  renew?(): void;
  /** The question as a person would paste it into the plane's console. */
  text(question: Question): string;
}

/** What a source answers to a question that its plane knows nothing of. The configuration asks none; this stands in case. */
export function notKnownHere(questions: readonly Question[]): [string, AnyEvidence][] {
  const answer = unavailable('rejected', 'this plane does not know such a question');
  return questions.map((question) => [questionKey(question), answer]);
}
