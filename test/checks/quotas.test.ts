import { expect, test } from 'vitest';
import { sourceMemory } from '../../lib/sources/source.ts';
import { type VendedMetrics } from '../../rehearsal/vended-metrics.ts';
import { fakeClock, testPorts } from '../support/ports.ts';
import {
  ago,
  DAY_MS,
  DAYS,
  judged,
  MINUTE_MS,
  NOON,
  type Options,
  RAISED,
  since,
  start,
  told,
  verify,
  well,
  workspace,
} from '../support/workspace.ts';

const quotas = { quotas: { max: 0.8 } };
const using = (activeSeries: VendedMetrics['activeSeries'], options: Options = {}) =>
  judged({ vended: { ...well, ...(activeSeries ? { activeSeries } : {}) } }, quotas, options);

test('more than the bound is told with both numbers', async () => {
  const verdict = await using(since(DAYS, 45_000_000));
  expect(verdict.findings).toMatchObject([
    {
      expectation: 'quotas',
      subject: 'active series',
      expected: 'at most 80% of the quota used',
      observed: '45,000,000 of 50,000,000 active series (90%)',
    },
  ]);
});

test('and with when it is full, where it grows by the same time of day', async () => {
  const value = (at: number) => 45_000_000 - ((NOON - at) / DAY_MS) * 2_000_000;
  expect((await using({ since: ago(DAYS), value })).findings[0]?.observed).toMatch(
    /^44,\d{3},\d{3} of 50,000,000 active series \(90%\); full in 2d 12h if it grows as in the last day$/,
  );
});

test('a little more than the quota itself is told as what it is', async () => {
  expect((await using(since(DAYS, 52_000_000))).findings[0]?.observed).toBe(
    '52,000,000 of 50,000,000 active series (104%), more than the quota that Service Quotas tells',
  );
});

test('what uses far more than the quota has another one, and is not accused of it', async () => {
  const verdict = await using(since(DAYS, 60_000_000));
  expect(told(verdict)).toEqual(['ok']);
  expect(verdict.evidence.facts).toContain(
    '60,000,000 of 50,000,000 active series (120%): a workspace with a quota of its own',
  );
});

test('what was raised counts, and at once where the old one is remembered', async () => {
  const clock = fakeClock(NOON);
  const ports = testPorts({ clock });
  const vended = { ...well, activeSeries: since(DAYS, 55_000_000) };
  const { applied, arrived } = await start(ports, { 'ws-1': { vended } }, { applied: RAISED });
  expect((await verify(ports, workspace(quotas)))[0]?.verdict).toBe('failing');
  applied.set('aps/L-5A151448', 100_000_000);
  clock.advance(MINUTE_MS);
  expect((await verify(ports, workspace(quotas))).map(told)).toEqual([['ok']]);
  expect(arrived().filter((action) => action === 'servicequotas:GetServiceQuota').length).toBe(4);
});

test('an unknown quota makes that part unknown, not ok', async () => {
  const ports = testPorts({ clock: fakeClock(NOON) });
  const { applied, quotas: api } = await start(ports, {
    'ws-1': { vended: { ...well, ingestionRate: since(DAYS, 1_600_000) } },
  });
  applied.set('aps/L-5A151448', Number.NaN);
  expect((await verify(ports, workspace(quotas))).map(told)).toEqual([
    [
      'failing',
      'quotas ingestion rate: 1,600,000 of 1,666,666 samples a second (96%)',
      'quotas: invalid-response',
    ],
  ]);
  api.deny('servicequotas:GetServiceQuota');
  const fresh = { ...ports, memory: sourceMemory() };
  const [verdict] = await verify(fresh, workspace());
  expect(verdict).toMatchObject({
    verdict: 'unknown',
    unavailable: [
      {
        expectation: 'quotas',
        reason: 'denied',
        detail: expect.stringContaining('needed: servicequotas:GetServiceQuota of L-5A151448 of aps, as '),
      },
      { expectation: 'quotas', reason: 'denied' },
    ],
  });
});
