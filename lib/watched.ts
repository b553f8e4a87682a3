import { counted } from './counted.ts';
import type { Verdict } from './verify.ts';

/** What a run came to. */
export interface Watched {
  readonly clusters: readonly {
    readonly cluster: string;
    readonly verdict: Verdict | 'broken' | 'repeated';
  }[];
  /** Messages that a channel did not take. */
  readonly undelivered: number;
  /** How often a memory could not be read or written, so that nobody was told. */
  readonly forgotten: number;
  /** How often Plumbline itself broke. */
  readonly defects: number;
}

/** What several runs of one invocation came to. */
export function together(results: readonly Watched[]): Watched {
  const sum = (of: (result: Watched) => number) => results.reduce((total, result) => total + of(result), 0);
  return {
    clusters: results.flatMap(({ clusters }) => clusters),
    undelivered: sum(({ undelivered }) => undelivered),
    forgotten: sum(({ forgotten }) => forgotten),
    defects: sum(({ defects }) => defects),
  };
}

/** Why a run must end with an error although everything that could be done was; undefined where nothing broke. */
export function troubleOf(
  { undelivered, forgotten, defects }: Pick<Watched, 'undelivered' | 'forgotten' | 'defects'>,
  problems: readonly string[],
): string | undefined {
  const trouble = [
    ...(problems.length > 0 ? [`the event cannot be run: ${problems.join('; ')}`] : []),
    ...(defects > 0 ? [`plumbline itself broke ${counted(defects, 'time')}`] : []),
    ...(forgotten > 0 ? [`its memory could not be used ${counted(forgotten, 'time')}`] : []),
    ...(undelivered > 0 ? [`${counted(undelivered, 'message')} not delivered`] : []),
  ];
  return trouble.length === 0 ? undefined : `${trouble.join('; ')}; the log says more`;
}
