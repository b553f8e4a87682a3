import { expect, test } from 'vitest';
import { settled } from '../../lib/init/settle.ts';
import type { Report } from '../../lib/report/report.ts';
import { pipelines } from '../../rehearsal/pipelines/index.ts';
import { emptyWorld } from '../../rehearsal/world.ts';
import { NOON, opened, SINCE } from '../profiles/simulated-account.ts';
import { checked, shipped, written } from './looked.ts';

const MINUTE_MS = 60_000;

test.each([
  ['half an hour', NOON - 30 * MINUTE_MS],
  ['days', SINCE],
])(
  'of a server that ran for %s a job that died eight minutes ago takes nothing with it',
  async (_, since) => {
    const world = emptyWorld();
    const { breaks } = pipelines['local-prometheus'](world, { since });
    breaks['job gone, another well']?.(NOON - 8 * MINUTE_MS);
    const { url, portsAt } = await opened(world);
    const ports = portsAt(NOON);
    const { draft, loaded } = await written(ports, url);
    expect(draft.clusters).toMatchObject([{ profile: 'local-prometheus', with: { jobs: ['node'] } }]);
    expect(draft.left).toEqual([expect.stringMatching(/, job=prometheus: seen but silent since /)]);
    if (!('config' in loaded)) throw new Error(JSON.stringify(loaded.problems));
    expect((await checked(loaded.config, ports)).verdict).toBe('ok');
  },
);

test('nor does one of the ADOT add-on switch the canary of the others off', async () => {
  const world = emptyWorld();
  const { breaks } = pipelines['eks-adot-amp'](world, { since: SINCE });
  breaks['one job without targets']?.(NOON - 8 * MINUTE_MS);
  const { portsAt } = await opened(world);
  const ports = portsAt(NOON);
  const { draft, loaded } = await written(ports);
  expect(draft.clusters).toMatchObject([{ profile: 'eks-adot-amp', signals: [] }]);
  expect(draft.left).toEqual([
    expect.stringMatching(/^series of kubernetes-nodes, prod-eu: seen but silent since /),
  ]);
  if (!('config' in loaded)) throw new Error(JSON.stringify(loaded.problems));
  expect((await checked(loaded.config, ports)).verdict).toBe('ok');
});

test.each([
  [['job=a', 'job=b'], 's job=a, job=b seen but silent since 2026-11-20 11:50:00Z'],
  [['all series'], 's seen but silent since 2026-11-20 11:50:00Z'],
])('what a check finds silent is told by its groups: %j', (subjects, told) => {
  const findings = subjects.map((subject) => ({ expectation: 'fresh', subject, expected: '', observed: '' }));
  const evidence = { newestSampleAt: '2026-11-20T11:50:00.000Z' };
  const signals = [{ signal: 's', verdict: 'failing', findings, unavailable: [], evidence }];
  const report = { clusters: [{ cluster: 'c', signals }] } as unknown as Report;
  const draft = { clusters: [{ name: 'c', region: 'eu-west-1', signals: [], notes: [] }], left: [] };
  expect(settled(draft, report, shipped).draft.left).toEqual([`c: ${told}`]);
});
