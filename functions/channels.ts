import { systemClock } from '../lib/clock.ts';
import { openNotifiers } from '../lib/notifiers/index.ts';
import type { Notifier } from '../lib/notifiers/notifier.ts';
import { referenceResolver, type ResolveReference } from '../lib/references.ts';
import type { Container } from './container.ts';

interface Channels {
  readonly notifiers: readonly Notifier[];
  readonly resolve: ResolveReference;
}

const opened = new WeakMap<Container, Channels>();

/** Who is told, and the secrets resolved so far: both outlive an invocation. */
export function channelsOf(container: Container): Channels {
  const { config, credentials } = container;
  const channels = opened.get(container) ?? {
    notifiers: openNotifiers(config.alerts.channels),
    resolve: referenceResolver({
      clock: systemClock,
      env: process.env,
      region: process.env['AWS_REGION'],
      credentials,
    }),
  };
  opened.set(container, channels);
  return channels;
}
