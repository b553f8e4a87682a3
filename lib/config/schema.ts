import * as z from 'zod/mini';
import { muteSettings } from '../mutes/settings.ts';
import { channelSettings } from './channels.ts';
import { valueAt } from './problems.ts';
import { access, signalSettings } from './signal-schema.ts';
import { heartbeatUrl, name, region, state } from './texts.ts';
import { about, always, duration, positive } from './values.ts';

const alertsSettings = z.strictObject({
  failAfter: about(z.prefault(positive, 2), 'Consecutive failing runs before anyone is told.'),
  recoverAfter: about(z.prefault(positive, 2), 'Consecutive ok runs before a recovery is told.'),
  remindEvery: about(z.prefault(duration, '4h'), 'How often an open incident is told again.'),
  blindAfter: about(
    z.prefault(positive, 3),
    'Consecutive runs that could not observe a signal before anyone is told.',
  ),
  heartbeat: about(
    z.optional(heartbeatUrl),
    'An https URL that is called each minute in which everything that was due is verified, or where it is kept.',
  ),
  channels: about(
    z.prefault(
      z.array(channelSettings, {
        error: 'is not a list; write - sns: …, - slack: …, - pagerduty: … or - webhook: … for each channel',
      }),
      [],
    ),
    'Who is told.',
  ),
  mutes: about(
    z.prefault(
      z.array(muteSettings, { error: 'is not a list; write - cron: … or - from: … for each mute' }),
      [],
    ),
    'When nobody is told, whatever is found.',
  ),
});

export const clusterSettings = z
  .strictObject({
    name: about(name, 'What reports and alerts call the cluster; unique.'),
    region: about(region, 'The AWS region of its telemetry.'),
    ...access,
    every: about(z.prefault(duration, '5m'), 'How often its signals are judged.'),
    maxSamplesProcessed: about(
      z.prefault(positive, 100_000_000),
      'AMP refuses, and does not charge, a question that would process more samples than this.',
    ),
    profile: about(
      z.optional(name),
      'The well-known pipeline whose signals must arrive: its own signals are merged over them.',
    ),
    with: about(
      z.optional(z.record(z.string(), z.unknown())),
      'The parameters of the profile; plumbline profiles NAME lists them.',
    ),
    signals: about(
      z.prefault(z.array(signalSettings, { error: 'is not a list; write - name: … for each signal' }), []),
      'The streams that must arrive.',
    ),
  })
  .check(
    always(
      (cluster) =>
        valueAt(cluster, ['signals', 0]) !== undefined ||
        'profile' in cluster ||
        !Array.isArray(valueAt(cluster, ['signals'])),
      'is missing or empty; write - name: … for each signal, or a profile',
      ['signals'],
    ),
    z.meta({
      anyOf: [
        { required: ['signals'], properties: { signals: { type: 'array', minItems: 1 } } },
        { required: ['profile'] },
      ],
    }),
  );

export const configSchema = z.strictObject({
  version: about(
    z.literal(1, { error: 'is no version that is known here; write version: 1' }),
    'The version of this format.',
  ),
  state: about(
    z.optional(state),
    'Where runs are remembered: dynamodb:TABLE, or file:PATH on one machine. Functions know their table without it.',
  ),
  alerts: about(z.prefault(alertsSettings, {}), 'When and to whom a failing signal is told.'),
  clusters: about(
    z
      .array(clusterSettings, { error: 'is not a list; write - name: … for each cluster' })
      .check(z.minLength(1)),
    'The telemetry estates that are watched.',
  ),
});

export type Config = z.output<typeof configSchema>;
export type AlertsSettings = z.output<typeof alertsSettings>;
export type ClusterSettings = z.output<typeof clusterSettings>;
export type { SignalSettings } from './signal-schema.ts';
