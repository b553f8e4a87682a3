import { expect, test } from 'vitest';
import { pipelines, startEvery } from '../../rehearsal/pipelines/index.ts';
import { emptyWorld } from '../../rehearsal/world.ts';
import { NOON, opened, SINCE } from '../profiles/simulated-account.ts';
import { checked, written } from './looked.ts';

const all = Object.keys(pipelines).sort();

async function shown(world: ReturnType<typeof emptyWorld>, hasServer: boolean) {
  const { url, portsAt } = await opened(world);
  const ports = portsAt(NOON);
  const { text, loaded, seen, draft } = await written(ports, hasServer ? url : undefined);
  if (!('config' in loaded)) throw new Error(JSON.stringify(loaded.problems));
  return { text, seen, draft, config: loaded.config, warnings: loaded.warnings, ports };
}

test.each(Object.entries(pipelines))('%s alone', async (profile, start) => {
  const world = emptyWorld();
  start(world, { since: SINCE });
  const { draft, seen, config, warnings, ports, text } = await shown(world, profile === 'local-prometheus');
  expect(
    draft.clusters.map((one) => one.profile),
    text,
  ).toEqual([profile]);
  expect([seen.gaps, warnings, draft.left]).toEqual([[], [], []]);
  const traces = seen.traces.map(() => ({ name: 'traces', fresh: '1h' }));
  const own = draft.clusters.flatMap(({ signals }) => signals.map(({ settings }) => settings));
  expect(own).toEqual(traces);
  expect((await checked(config, ports)).verdict).toBe('ok');
});

test('all together, each in a cluster of its own', async () => {
  const world = emptyWorld();
  startEvery(world, SINCE);
  const { draft, config, ports, text } = await shown(world, true);
  expect(draft.clusters.map(({ profile }) => String(profile)).sort(), text).toEqual(all);
  expect((await checked(config, ports)).verdict).toBe('ok');
});

test('all together in clusters of one name, one workspace and namespaces that they share', async () => {
  const world = emptyWorld();
  for (const start of Object.values(pipelines)) start(world, { since: SINCE });
  const { draft, config, ports, text } = await shown(world, true);
  expect(draft.clusters.map(({ profile }) => String(profile)).sort(), text).toEqual(all);
  expect((await checked(config, ports)).verdict).toBe('ok');
});
