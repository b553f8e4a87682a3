import { expect, test } from 'vitest';
import { openNotifiers } from '../../lib/notifiers/index.ts';
import { reasons } from '../../lib/message.ts';
import { sampleMessage } from '../../lib/notifiers/sample.ts';

const TOPIC = 'arn:aws:sns:eu-west-1:111122223333:alerts';

test('channels are opened in their order, each under a key that stays', () => {
  const only = { clusters: ['prod-eu'] };
  const opened = openNotifiers([
    { slack: 'ssm:/hook' },
    { sns: TOPIC },
    { sns: TOPIC, format: 'chatops', only },
    { pagerduty: 'ssm:/key', endpoint: 'https://events.eu.pagerduty.com' },
    { webhook: 'https://example.com/x#2', secret: 'ssm:/secret' },
    { webhook: 'https://example.com/x', secret: 'ssm:/secret' },
    { webhook: 'https://example.com/x', secret: 'ssm:/other' },
    { slack: 'ssm:/hook' },
    { slack: 'ssm:/hook' },
  ]);
  expect(opened.map(({ channel, key, only }) => [channel, key, ...(only ? [only] : [])])).toEqual([
    ['slack', 'slack:ssm:/hook'],
    ['sns', `sns:${TOPIC}`],
    ['sns', `sns:${TOPIC}:chatops`, only],
    ['pagerduty', 'pagerduty:ssm:/key'],
    ['webhook', 'webhook:https://example.com/x#2'],
    ['webhook', 'webhook:https://example.com/x'],
    ['webhook', 'webhook:https://example.com/x#3'],
    ['slack', 'slack:ssm:/hook#2'],
    ['slack', 'slack:ssm:/hook#3'],
  ]);
});

test('the sample says that it is a test wherever people look first', () => {
  const sample = sampleMessage(Date.parse('2026-11-20T12:00:00Z'));
  expect(reasons).toContain(sample.reason);
  expect(sample.title).toContain('TEST');
  expect(sample.story[0]).toContain('This is a test');
  expect(sample.incidents.map(({ summary, isOver }) => [summary, isOver])).toEqual([[sample.title, false]]);
  expect(sample.id).not.toBe(sampleMessage(Date.parse('2026-11-20T12:00:01Z')).id);
});
