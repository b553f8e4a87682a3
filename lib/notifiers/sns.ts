import { awsFailure } from '../aws/failure.ts';
import { systemClock } from '../clock.ts';
import { type Entry, type Message, named } from '../message.ts';
import { fitting } from './fit.ts';
import { type Attempt, deliver, type Notifier, type NotifierPorts, undelivered } from './notifier.ts';

/** A message and its attributes may have 256 KiB (SNS quotas); the attributes need less than one. */
const MOST_BYTES = 255 * 1024;
const LONGEST_SUBJECT = 99;
const TOPIC = /^arn:aws[a-z-]*:sns:([a-z0-9-]+):[0-9]{1,12}:[A-Za-z0-9_.-]+$/;

/** Amazon SNS: plain text for e-mail and machines, with attributes to filter subscriptions by. */
export function sns(target: string): Notifier {
  return {
    channel: 'sns',
    send: (message, ports) => deliver((signal) => publish(target, message, ports, signal), ports),
  };
}

async function publish(
  target: string,
  message: Message,
  ports: NotifierPorts,
  signal: AbortSignal,
): Promise<Attempt> {
  const resolution = await ports.resolve(target, signal);
  if ('unresolved' in resolution) {
    return undelivered('unresolved', resolution.retry, `${target}: ${resolution.unresolved}`);
  }
  const topic = resolution.value;
  const region = TOPIC.exec(topic)?.[1];
  if (region === undefined)
    return undelivered('unresolved', false, `${target} is not the ARN of an SNS topic`);
  const credentials = ports.credentials({ region, role: undefined, externalId: undefined });
  const { PublishCommand, SNSClient } = await import('../aws/sns.ts');
  const client = new SNSClient({
    region,
    credentials: () => credentials(),
    maxAttempts: 1,
    systemClockOffset: ports.clock.now() - systemClock.now(),
  });
  try {
    await client.send(new PublishCommand({ TopicArn: topic, ...publication(message) }), {
      abortSignal: signal,
    });
    return { delivered: true };
  } catch (error) {
    return refusal(error, topic);
  } finally {
    client.destroy();
  }
}

/** What is published: subject, text and attributes, each within the limits of SNS. */
export function publication(message: Message) {
  const attribute = (value: string) => ({ DataType: 'String', StringValue: value });
  return {
    Subject: subject(message.title),
    Message: fitting(
      message.entries.length,
      (count) => snsText(message, count),
      (text) => Buffer.byteLength(text) <= MOST_BYTES,
    ),
    MessageAttributes: {
      cluster: attribute(message.cluster),
      severity: attribute(message.severity),
      reason: attribute(message.reason),
    },
  };
}

/** ASCII, at most 99 characters, no line breaks, and never beginning with a space. */
function subject(title: string): string {
  const ascii = title.replace(/[^\x20-\x7e]+/g, '?').trim();
  return ascii.length > LONGEST_SUBJECT ? `${ascii.slice(0, LONGEST_SUBJECT - 3)}...` : ascii;
}

/** The message as lines of text, `count` of its entries written out. */
export function snsText(message: Message, count: number): string {
  const told = message.entries.slice(0, count);
  const others = [...message.entries.slice(count).map(({ signal }) => signal), ...message.others];
  const blocks = [
    [message.title, `${message.severity}, checked ${message.checkedAt}`],
    ...told.map(entryLines),
    ...(others.length === 0 ? [] : [[`${told.length === 0 ? 'Failing' : 'Also failing'}: ${named(others)}`]]),
    ...message.blind.map(({ signals, reason, detail }) => [
      `Could not look at ${signals}`,
      `  ${reason}: ${detail}`,
    ]),
    [message.ok.length === 0 ? 'Nothing else is known to arrive.' : `Still ok: ${named(message.ok)}`],
  ];
  return `${blocks.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

function entryLines(entry: Entry): string[] {
  return [
    `${entry.signal} (${entry.about})`,
    ...(entry.since === null ? [] : [`  ${entry.since}`]),
    ...entry.findings.flatMap(({ what, observed, expected }) => [
      `  ${what}`,
      `    observed: ${observed}`,
      `    expected: ${expected}`,
    ]),
    ...(entry.moreFindings > 0 ? [`  and ${entry.moreFindings} more findings`] : []),
    ...(entry.question === null ? [] : [`  ask: ${entry.question}`]),
    ...(entry.runbook === null ? [] : [`  runbook: ${entry.runbook}`]),
  ];
}

function refusal(error: unknown, topic: string): Attempt {
  const name = error instanceof Error ? error.name : '';
  const status = statusOf(error);
  const { reason, detail } = awsFailure(error, `sns:Publish on ${topic}`);
  if (name.startsWith('NotFound') || status === 404) {
    return undelivered('gone', false, `there is no topic ${topic}: ${detail}`);
  }
  if (reason === 'throttled' || /Throttl/.test(name) || status === 429) {
    return { ...undelivered('throttled', true, detail), again: {} };
  }
  if (status === undefined ? reason !== 'denied' : status >= 500) {
    return { ...undelivered('unreachable', true, detail), again: {} };
  }
  const isDenied = reason === 'denied' || reason === 'clock' || status === 401 || status === 403;
  return undelivered(isDenied ? 'denied' : 'rejected', /Expired/.test(name), detail);
}

function statusOf(error: unknown): number | undefined {
  const metadata: unknown = error instanceof Error && '$metadata' in error ? error.$metadata : undefined;
  if (typeof metadata !== 'object' || metadata === null || !('httpStatusCode' in metadata)) return undefined;
  return typeof metadata.httpStatusCode === 'number' ? metadata.httpStatusCode : undefined;
}
