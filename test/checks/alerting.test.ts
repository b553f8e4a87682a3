import { expect, test } from 'vitest';
import { fakeClock, testPorts } from '../support/ports.ts';
import {
  ago,
  DAYS,
  judged,
  MINUTE_MS,
  NOON,
  since,
  start,
  told,
  verify,
  well,
  workspace,
} from '../support/workspace.ts';

const alertManager = {};
const sending = { ...well, alertsReceived: since(DAYS, 4) };

test('notifications that fail or are throttled are findings, beside what was received', async () => {
  const vended = { ...sending, notificationsFailed: since(30, 2), notificationsThrottled: since(30, 1) };
  expect(told(await judged({ state: { alertManager }, vended }))).toEqual([
    'failing',
    'alerting failed notifications: the alert path drops notifications: 30 failed in the last 15m, beside 60 alerts received; may AMP publish to the SNS topic, and does the topic exist?',
    'alerting throttled notifications: the alert path drops notifications: 15 throttled in the last 15m, beside 60 alerts received; group alerts, or send fewer',
  ]);
  const before = { ...sending, notificationsFailed: since(120, 2, { until: ago(60) }) };
  expect((await judged({ state: { alertManager }, vended: before })).verdict).toBe('ok');
});

test('a definition that was refused is a finding', async () => {
  const refused = { status: 'UPDATE_FAILED', reason: 'undefined receiver "pager"' };
  expect(told(await judged({ state: { alertManager: refused } }))).toEqual([
    'failing',
    'alerting alert manager definition: UPDATE_FAILED; undefined receiver "pager"',
  ]);
});

test('alerts that arrive where there is no definition are lost', async () => {
  expect(told(await judged({ vended: sending }, { alerting: true }))).toEqual([
    'failing',
    'alerting alert manager definition: there is none; 60 alerts arrived in the last 15m and went nowhere',
  ]);
  expect(told(await judged({}, { alerting: true }))).toEqual(['ok']);
});

test('what failed once is seen in as many runs as it takes to be told, also where runs are rare', async () => {
  const ports = testPorts({ clock: fakeClock(NOON) });
  const vended = { ...sending, notificationsFailed: since(32, 1, { until: ago(31) }) };
  await start(ports, { 'ws-1': { state: { alertManager }, vended } });
  const rare = { everyMs: 15 * MINUTE_MS, alerting: true };
  const [verdict] = await verify(ports, workspace(rare));
  expect(told(verdict!)).toEqual([
    'failing',
    expect.stringMatching(/1 failed in the last 35m, beside 140 alerts received/),
  ]);
  expect((await verify(ports, workspace({ ...rare, failAfter: 1 })))[0]?.verdict).toBe('ok');
});

test('a failure is seen by two runs a quarter of an hour apart', async () => {
  const clock = fakeClock(NOON);
  const ports = testPorts({ clock });
  const vended = { ...sending, notificationsFailed: since(12, 1, { until: ago(11) }) };
  await start(ports, { 'ws-1': { state: { alertManager }, vended } }, { cloudWatch: { listedAfter: 0 } });
  const verdicts: unknown[] = [];
  for (let run = 0; run < 4; run += 1) {
    verdicts.push((await verify(ports, workspace({ everyMs: 15 * MINUTE_MS, alerting: true })))[0]?.verdict);
    clock.advance(15 * MINUTE_MS);
  }
  expect(verdicts).toEqual(['failing', 'failing', 'ok', 'ok']);
});
