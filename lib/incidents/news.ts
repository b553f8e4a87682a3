import { WHOLE } from '../group.ts';
import { isOpen } from './episode.ts';
import { findingIdentity } from './identity.ts';
import type { Episode } from './memory.ts';

interface Told {
  readonly expectation: string;
  readonly subject: string;
}

/** What too few live series lead to, and no live series all the more. */
const TOO_FEW: ReadonlySet<string> = new Set([
  'fresh',
  'series.min',
  'series.exactly',
  'series.each.min',
  'series.each.exactly',
  'labels.values',
]);

/** Findings by their identity, each with the silences that imply it: of everything, or of its own group. */
export function withSilences(findings: readonly Told[]): ReadonlyMap<string, readonly string[]> {
  return new Map(
    findings.map((finding) => {
      const silences = TOO_FEW.has(finding.expectation)
        ? [WHOLE, finding.subject].map((subject) => findingIdentity({ expectation: 'fresh', subject }))
        : [];
      return [findingIdentity(finding), silences];
    }),
  );
}

/**
 * The findings of a run that are new to an open episode. What comes back comes back bit by bit: that some is still
 * missing is no news to who was told that all is silent.
 */
export function newsTo(
  episode: Episode | undefined,
  findings: ReadonlyMap<string, readonly string[]>,
): readonly string[] {
  const known = new Set(isOpen(episode) ? episode.findings : []);
  return [...findings].flatMap(([identity, silences]) =>
    known.has(identity) || silences.some((silence) => known.has(silence)) ? [] : [identity],
  );
}
