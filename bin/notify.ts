import { awsCredentials } from '../lib/aws/credentials.ts';
import { systemClock } from '../lib/clock.ts';
import { openNotifiers } from '../lib/notifiers/index.ts';
import type { Channel, Notifier, NotifierPorts } from '../lib/notifiers/notifier.ts';
import { sampleMessage } from '../lib/notifiers/sample.ts';
import { printable } from '../lib/printable.ts';
import { referenceResolver } from '../lib/references.ts';
import { readConfig } from './config.ts';
import { EXIT } from './exit.ts';
import { region } from './store.ts';

/** Three tries of five seconds, and the waits between them. */
const PATIENCE_MS = 30_000;

export interface NotifyTestOptions {
  readonly config: string;
  readonly channel?: Channel;
}

/**
 * Sends a sample to every configured channel, or those of one kind, whatever they are limited to, and prints which took
 * it. Returns the exit code: 0 where all did.
 */
export async function notifyTest({ config: file, channel: kind }: NotifyTestOptions): Promise<number> {
  const config = await readConfig(file);
  if (!config) return EXIT.wrong;
  const all = openNotifiers(config.alerts.channels);
  const chosen = all.filter(({ channel }) => kind === undefined || channel === kind);
  if (chosen.length === 0) {
    const what = kind === undefined ? 'no channel' : `no channel ${kind}`;
    process.stderr.write(
      `plumbline: ${what} is configured; write one under alerts.channels, such as - ${kind ?? 'sns'}: …\n`,
    );
    return EXIT.wrong;
  }
  const now = systemClock.now();
  const credentials = awsCredentials(systemClock, 'cli');
  const resolve = referenceResolver({
    clock: systemClock,
    env: process.env,
    region: region(),
    credentials,
  });
  const ports = { clock: systemClock, fetch, deadline: now + PATIENCE_MS, credentials, resolve };
  const outcomes = await Promise.all(chosen.map((notifier) => outcome(notifier, now, ports)));
  for (const [index, notifier] of chosen.entries()) {
    const place = `alerts.channels[${all.indexOf(notifier)}]`;
    process.stdout.write(`${notifier.channel} (${place}): ${outcomes[index] ?? 'delivered'}\n`);
  }
  return outcomes.every((failure) => failure === undefined) ? EXIT.ok : EXIT.failing;
}

/** Why the channel did not take the sample; undefined where it did. */
async function outcome(notifier: Notifier, now: number, ports: NotifierPorts): Promise<string | undefined> {
  const delivery = await notifier.send(sampleMessage(now), ports);
  if (delivery.delivered) return undefined;
  return `not delivered, ${delivery.reason}: ${printable(delivery.detail, 500)}`;
}
