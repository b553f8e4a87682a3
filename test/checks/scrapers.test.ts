import { expect, test } from 'vitest';
import { fakeClock, testPorts } from '../support/ports.ts';
import { ago, judged, NOON, start, told, verify, workspace } from '../support/workspace.ts';

test('one that failed is a finding with its reason; one that changes is a rollout, for a while', async () => {
  const scrapers = [
    { id: 's-1', alias: 'prod', status: 'CREATION_FAILED', reason: 'the role cannot be assumed' },
    { id: 's-2' },
  ];
  expect(told(await judged({ state: { scrapers } }))).toEqual([
    'failing',
    'scrapers scraper s-1 (prod): CREATION_FAILED; the role cannot be assumed',
  ]);
  const updating = (minutes: number) => ({
    state: { scrapers: [{ id: 's-1', status: 'UPDATING', modifiedAt: ago(minutes) }] },
  });
  expect(await judged(updating(10))).toMatchObject({ verdict: 'ok', state: 'rollout' });
  expect(told(await judged(updating(40)))).toEqual(['failing', 'scrapers scraper s-1: UPDATING for 40m']);
});

test('those of other workspaces are not its own, and every page is read', async () => {
  const ports = testPorts({ clock: fakeClock(NOON) });
  const state = { scrapers: [{ id: 's-1' }, { id: 's-2' }, { id: 's-3', status: 'UPDATE_FAILED' }] };
  await start(ports, { 'ws-1': {}, 'ws-2': { state } }, { amp: { pageSize: 1 } });
  const signals = [workspace(), workspace({ name: 'second', address: 'ws-2' })];
  expect((await verify(ports, ...signals)).map(told)).toEqual([
    ['ok'],
    ['failing', 'scrapers scraper s-3: UPDATE_FAILED'],
  ]);
});
