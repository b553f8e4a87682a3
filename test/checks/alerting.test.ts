import { expect, test } from 'vitest';
import { ago, DAYS, judged, MINUTE_MS, since, told, well } from '../support/workspace.ts';

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

test('what failed since the run before is seen, also where runs are rare', async () => {
  const vended = { ...sending, notificationsFailed: since(120, 2, { until: ago(60) }) };
  const verdict = await judged({ state: { alertManager }, vended }, { everyMs: 3 * 60 * MINUTE_MS });
  expect(told(verdict)).toEqual([
    'failing',
    expect.stringMatching(/120 failed in the last 3h, beside 720 alerts received/),
  ]);
});
