import type { CredentialsFor } from '../aws/credentials.ts';
import type { HttpPorts } from '../promql/client.ts';
import type { AnyEvidence, Question } from '../question.ts';

export interface SourcePorts extends HttpPorts {
  readonly credentials: CredentialsFor;
  /** Questions that were too expensive in an earlier run. */
  readonly expensive: Set<string>;
}

/** The only code that talks to a plane. */
export interface Source {
  /** Answers every question, by `questionKey`, with as few requests as it can. Never rejects for what the network does. */
  ask(questions: readonly Question[]): Promise<ReadonlyMap<string, AnyEvidence>>;
  /** The question as a person would paste it into the plane's console. */
  text(question: Question): string;
}
