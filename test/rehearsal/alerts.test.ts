import { afterEach, expect, test, vi } from 'vitest';
import { awsCredentials } from '../../lib/aws/credentials.ts';
import { systemClock } from '../../lib/clock.ts';
import { openNotifiers } from '../../lib/notifiers/index.ts';
import { referenceResolver } from '../../lib/references.ts';
import { type AlertReceivers, receiverKinds, startAlertReceivers } from '../../rehearsal/alerts.ts';
import { message, recovered } from '../notifiers/messages.ts';

const CREDENTIALS = { accessKeyId: 'AKIAREHEARSAL', secretAccessKey: 'not-a-real-key' };
const REGION = 'eu-west-1';

let receivers: AlertReceivers | undefined;
afterEach(async () => {
  vi.unstubAllEnvs();
  await receivers?.close();
});

const opened = openNotifiers([
  { sns: 'arn:aws:sns:eu-west-1:111122223333:alerts' },
  { slack: 'ssm:/plumbline/slack-webhook' },
  { pagerduty: 'ssm:/plumbline/pagerduty-key', endpoint: '${env:PAGERDUTY_URL}' },
  { webhook: '${env:WEBHOOK_URL}', secret: 'ssm:/plumbline/webhook-secret' },
]);

async function start() {
  const started = await startAlertReceivers({ region: REGION, credentials: [CREDENTIALS] });
  receivers = started;
  for (const [name, value] of Object.entries(started.environment)) vi.stubEnv(name, value);
  vi.stubEnv('AWS_ACCESS_KEY_ID', CREDENTIALS.accessKeyId);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', CREDENTIALS.secretAccessKey);
  const credentials = awsCredentials(systemClock);
  const resolve = referenceResolver({ clock: systemClock, env: process.env, region: REGION, credentials });
  const send = async (what = message()) => {
    const ports = { clock: systemClock, fetch, deadline: Date.now() + 8000, credentials, resolve };
    return Promise.all(
      opened.map(async ({ channel, send }) => {
        const delivery = await send(what, ports);
        return delivery.delivered ? channel : `${channel}: ${delivery.reason} ${delivery.detail}`;
      }),
    );
  };
  return { started, send };
}

test('every kind of channel reaches its receiver', async () => {
  const { started, send } = await start();
  expect(await send()).toEqual(receiverKinds);
  expect(await send(recovered())).toEqual(receiverKinds);
  expect(started.published.map(({ subject, attributes }) => [subject, attributes['reason']])).toEqual([
    ['prod-eu: canary failing (amp)', 'opened'],
    ['prod-eu: 3 signals recovered (amp)', 'recovered'],
  ]);
  expect(started.posted).toHaveLength(2);
  expect(started.paged.map(({ event_action }) => event_action)).toEqual(['trigger', 'resolve']);
  expect(new Set(started.paged.map(({ dedup_key }) => dedup_key)).size).toBe(1);
  expect(started.hooked).toMatchObject([
    { id: message().id, body: { type: 'plumbline.opened', data: { title: message().title } } },
    { body: { type: 'plumbline.recovered' } },
  ]);
});

test('a receiver that is down takes nothing, and takes again when it is back', async () => {
  const { started, send } = await start();
  started.down.add('slack').add('pagerduty');
  const [sns, slack, pagerduty, webhook] = await send();
  expect([sns, webhook]).toEqual(['sns', 'webhook']);
  expect([slack, pagerduty]).toEqual(['slack: unreachable HTTP 503', 'pagerduty: unreachable HTTP 503']);
  started.down.clear();
  expect(await send()).toEqual(receiverKinds);
  expect([started.posted.length, started.paged.length, started.published.length]).toEqual([1, 1, 2]);
}, 20_000);
