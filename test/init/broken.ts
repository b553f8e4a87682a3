import { expect, test } from 'vitest';
import { pipelines } from '../../rehearsal/pipelines/index.ts';
import { emptyWorld } from '../../rehearsal/world.ts';
import { BREAK, NOON, opened, SINCE } from '../profiles/simulated-account.ts';
import { checked, written } from './looked.ts';

type Break = readonly [profile: keyof typeof pipelines, name: string];

/** Everything that can go wrong with the pipelines of the simulated account. */
export function allBreaks(): readonly Break[] {
  return Object.entries(pipelines).flatMap(([profile, start]) => {
    const { breaks } = start(emptyWorld(), { since: SINCE });
    return Object.keys(breaks).map((name): Break => [profile as Break[0], name]);
  });
}

/** Whatever is broken in an account, what is written of it is ok, and what is broken is told beside it. */
export function writesWhatIsWell(breaks: readonly Break[]): void {
  test.each(breaks)('%s, %s: what is written is ok', async (profile, name) => {
    const world = emptyWorld();
    const estate = pipelines[profile](world, { since: SINCE });
    estate.breaks[name]?.(BREAK);
    const { url, portsAt } = await opened(world);
    const ports = portsAt(NOON);
    const { draft, loaded, text } = await written(ports, profile === 'local-prometheus' ? url : undefined);
    const told = [
      ...draft.left,
      ...draft.clusters.flatMap(({ signals }) => signals.flatMap(({ notes }) => notes)),
    ];
    if (draft.clusters.length === 0) {
      expect(told, text).not.toEqual([]);
      return;
    }
    if (!('config' in loaded)) throw new Error(JSON.stringify(loaded.problems));
    const { verdict, clusters } = await checked(loaded.config, ports);
    expect(
      [verdict, clusters.flatMap(({ signals }) => signals.flatMap(({ findings }) => findings))],
      text,
    ).toEqual(['ok', []]);
  });
}
