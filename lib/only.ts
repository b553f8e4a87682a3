import * as z from 'zod/mini';
import { about, notEmpty } from './config/values.ts';
import type { Severity } from './incidents/memory.ts';
import { names } from './mutes/settings.ts';

const severities = ['critical', 'warning'] as const satisfies readonly Severity[];

/** `only:` of a channel: what it is told about. */
export const onlySettings = z
  .strictObject({
    clusters: about(z.optional(names), 'Only what concerns these clusters.'),
    signals: about(z.optional(names), 'Only what concerns signals of these names.'),
    severities: about(
      z.optional(
        z.array(z.enum(severities)).check(
          z.minLength(1),
          z.refine((listed) => new Set(listed).size === listed.length, {
            error: 'lists a severity twice; keep one',
          }),
          z.meta({ uniqueItems: true }),
        ),
      ),
      'Only signals of these severities.',
    ),
  })
  .check(
    notEmpty('limits to nothing; write clusters: […], signals: […] or severities: […]'),
    z.meta({ minProperties: 1 }),
  );

export type OnlySettings = z.output<typeof onlySettings>;

/** What a channel may be limited by. */
export interface Concern {
  readonly cluster: string;
  readonly signal: string;
  readonly severity: Severity;
}

/** Whether a channel that is limited so is told about the signal; one that is not limited is told about all. */
export function admits(only: OnlySettings | undefined, { cluster, signal, severity }: Concern): boolean {
  const { clusters, signals, severities } = only ?? {};
  return (
    (clusters?.includes(cluster) ?? true) &&
    (signals?.includes(signal) ?? true) &&
    (severities?.includes(severity) ?? true)
  );
}
