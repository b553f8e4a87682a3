import * as z from 'zod/mini';
import { onlySettings } from '../only.ts';
import {
  pagerdutyEndpoint,
  pagerdutyKey,
  slackWebhook,
  snsTopic,
  webhookSecret,
  webhookUrl,
} from './texts.ts';
import { about, always, exactlyOneOf, oneOf } from './values.ts';

/** The kinds of channels: each a key in the configuration and a file in `lib/notifiers/`. */
export const channels = ['sns', 'slack', 'pagerduty', 'webhook'] as const;

/** One item under `alerts.channels`: one kind of channel, and what goes with it. */
export const channelSettings = z
  .strictObject({
    sns: about(z.optional(snsTopic), 'An SNS topic: its ARN, ${env:NAME}, ssm:/path or secretsmanager:NAME.'),
    format: about(
      z.optional(z.literal('chatops', { error: 'is not a format; write chatops, or remove the key' })),
      'chatops: what is published is made for Amazon Q Developer in chat applications (AWS Chatbot).',
    ),
    slack: about(
      z.optional(slackWebhook),
      'Where the Slack webhook is kept: ssm:/path, secretsmanager:NAME or ${env:NAME}. Never the URL itself.',
    ),
    pagerduty: about(
      z.optional(pagerdutyKey),
      'Where the routing key of the PagerDuty integration is kept: ssm:/path, secretsmanager:NAME or ${env:NAME}. Never the key itself.',
    ),
    endpoint: about(
      z.optional(pagerdutyEndpoint),
      'Where PagerDuty takes events; https://events.eu.pagerduty.com for accounts in the EU.',
    ),
    webhook: about(
      z.optional(webhookUrl),
      'An https URL that messages are posted to as signed JSON, or where it is kept.',
    ),
    secret: about(
      z.optional(webhookSecret),
      'Where the secret is kept that the webhook’s messages are signed with: ssm:/path, secretsmanager:NAME or ${env:NAME}.',
    ),
    only: about(z.optional(onlySettings), 'What the channel is told about; without it, everything.'),
  })
  .check(
    exactlyOneOf(channels, 'channel', 'write one of sns: …, slack: …, pagerduty: … or webhook: …'),
    oneOf(channels),
    z.meta({
      dependentRequired: {
        format: ['sns'],
        endpoint: ['pagerduty'],
        secret: ['webhook'],
        webhook: ['secret'],
      },
    }),
    ...[
      ['format', 'sns'],
      ['endpoint', 'pagerduty'],
      ['secret', 'webhook'],
    ].map(([key = '', kind = '']) =>
      always((channel) => !(key in channel) || kind in channel, `goes only with ${kind}; remove it`, [key]),
    ),
    always(
      (channel) => !('webhook' in channel) || 'secret' in channel,
      'has no secret to sign with; write secret: ssm:/path, secretsmanager:NAME or ${env:NAME}',
    ),
  );
