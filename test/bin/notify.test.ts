import { expect, test } from 'vitest';
import { plumbline, temporaryFile } from '../support/command-line.ts';
import { serve } from '../support/http.ts';

const PUBLISHED =
  '<PublishResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishResult><MessageId>1</MessageId></PublishResult></PublishResponse>';

const CONFIG = `
version: 1
alerts:
  channels:
    - sns: arn:aws:sns:eu-west-1:111122223333:alerts
      only: { severities: [warning] }
    - slack: \${env:HOOK}
    - slack: \${env:NOT_SET}
clusters:
  - name: prod-eu
    region: eu-west-1
    signals:
      - { name: up, prometheus: 'http://127.0.0.1:1', metric: up, severity: warning }
      - { name: down, prometheus: 'http://127.0.0.1:1', metric: up }
`;

async function world(slackStatus = 200) {
  const sns = await serve((_request, response) => {
    response.end(PUBLISHED);
  });
  const slack = await serve((_request, response) => {
    response.writeHead(slackStatus).end(slackStatus === 200 ? 'ok' : 'no_service');
  });
  const env = {
    AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'not-a-real-key',
    AWS_REGION: 'eu-west-1',
    AWS_ENDPOINT_URL_SNS: sns.url,
    HOOK: `${slack.url}/services/T000/B000/XXXX`,
  };
  const file = await temporaryFile('plumbline.yaml', CONFIG);
  const notify = (...args: readonly string[]) =>
    plumbline(['notify', 'test', '--config', file, ...args], { env });
  return { sns, slack, notify };
}

test('a sample is sent to every channel, whatever it is limited to; one that does not take it ends with 1', async () => {
  const { sns, slack, notify } = await world();
  const run = await notify();
  expect([run.code, run.stderr]).toEqual([1, '']);
  expect(run.stdout.trimEnd().split('\n')).toEqual([
    'sns (alerts.channels[0]): delivered',
    'slack (alerts.channels[1]): delivered',
    expect.stringMatching(
      /^slack \(alerts\.channels\[2\]\): not delivered, unresolved: .*NOT_SET is not set$/,
    ),
  ]);
  expect(sns.requests[0]?.form.get('Message')).toContain('TEST');
  expect(slack.requests.map(({ body }) => body)).toEqual([expect.stringContaining('TEST')]);
});

test('only channels of one kind', async () => {
  const { sns, slack, notify } = await world();
  const run = await notify('--channel', 'sns');
  expect(run).toMatchObject({ code: 0, stdout: 'sns (alerts.channels[0]): delivered\n', stderr: '' });
  expect([sns.requests.length, slack.requests.length]).toEqual([1, 0]);
});

test('why a channel did not take it is told, and no secret', async () => {
  const { notify } = await world(404);
  const run = await notify('--channel', 'slack');
  expect(run.code).toBe(1);
  expect(run.stdout).toContain('slack (alerts.channels[1]): not delivered, gone: HTTP 404 no_service');
  expect(run.stdout + run.stderr).not.toMatch(/XXXX|B000/);
});

test.each([
  [['--channel', 'pagerduty'], 'no channel pagerduty is configured; write one under alerts.channels'],
  [['--channel', 'carrier-pigeon'], 'sns, slack'],
])('%j: exit 2', async (args, words) => {
  const { notify } = await world();
  const run = await notify(...args);
  expect([run.code, run.stdout]).toEqual([2, '']);
  expect(run.stderr).toContain(words);
});

test('no channel at all says what to write', async () => {
  const text = CONFIG.replace(/alerts:[^]*(?=clusters:)/, '');
  const file = await temporaryFile('plumbline.yaml', text);
  const run = await plumbline(['notify', 'test', '--config', file]);
  expect([run.code, run.stdout]).toEqual([2, '']);
  expect(run.stderr).toContain('no channel is configured; write one under alerts.channels, such as - sns: …');
});
