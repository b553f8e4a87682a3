import { bounded } from '../aws/bounded.ts';
import { awsFailure, statusOf } from '../aws/failure.ts';
import { systemClock } from '../clock.ts';
import type { Message } from '../message.ts';
import { chatopsText } from './chatops.ts';
import { masked } from './mask.ts';
import {
  type Attempt,
  type ChannelSettings,
  deliver,
  type NotifierPorts,
  resolved,
  type Send,
  undelivered,
} from './notifier.ts';
import { plainText } from './plain-text.ts';

/** A message and its attributes may have 256 KiB (SNS quotas); the attributes need at most twenty. */
const MOST_BYTES = 230 * 1024;
const MOST_CLUSTERS_BYTES = 16 * 1024;
const LONGEST_SUBJECT = 99;
const TOPIC = /^arn:aws[a-z-]*:sns:([a-z0-9-]+):[0-9]{1,12}:[A-Za-z0-9_.-]+$/;

type Format = ChannelSettings['format'];

/**
 * Amazon SNS, with attributes to filter subscriptions by: plain text for e-mail and machines, or what Amazon Q Developer
 * shows in chat.
 */
export function sns(target: string, format?: Format): Send {
  return (message, ports) => deliver((signal) => publish(target, format, message, ports, signal), ports);
}

async function publish(
  target: string,
  format: Format,
  message: Message,
  ports: NotifierPorts,
  signal: AbortSignal,
): Promise<Attempt> {
  const topic = await resolved(target, { name: 'the ARN of an SNS topic', fit: topicOf }, ports, signal);
  if ('delivered' in topic) return topic;
  const { arn, region } = topic.value;
  const credentials = ports.credentials({ region, role: undefined, externalId: undefined });
  const secrets: string[] = [];
  const { PublishCommand, SNSClient } = await import('../aws/sns.ts');
  const client = bounded(
    new SNSClient({
      region,
      credentials: async () => {
        const resolved = await credentials();
        secrets.push(resolved.secretAccessKey, resolved.sessionToken ?? '');
        return resolved;
      },
      maxAttempts: 1,
      systemClockOffset: ports.clock.now() - systemClock.now(),
    }),
  );
  try {
    const command = new PublishCommand({ TopicArn: arn, ...publication(message, format) });
    const { MessageId } = await client.send(command, { abortSignal: signal });
    if (MessageId !== undefined) return { delivered: true };
    return undelivered(
      'unreachable',
      true,
      `what answers for ${arn} is not SNS: the answer has no MessageId`,
    );
  } catch (error) {
    return refusal(error, arn, secrets);
  } finally {
    client.destroy();
  }
}

function topicOf(arn: string): { readonly arn: string; readonly region: string } | undefined {
  const region = TOPIC.exec(arn)?.[1];
  return region === undefined ? undefined : { arn, region };
}

/** What is published: subject, text and attributes, each within the limits of SNS. */
export function publication(message: Message, format?: Format) {
  return {
    Subject: subject(message.title),
    Message: format === 'chatops' ? chatopsText(message) : plainText(message, MOST_BYTES),
    MessageAttributes: {
      cluster: clusterAttribute(message.clusters),
      severity: attribute(message.severity),
      reason: attribute(message.reason),
      id: attribute(message.id),
    },
  };
}

/** ASCII, at most 99 characters, no line breaks, and never beginning with a space. */
function subject(title: string): string {
  const ascii = title.replace(/[^\x20-\x7e]+/g, '?').trim();
  if (ascii === '') return 'Plumbline';
  return ascii.length > LONGEST_SUBJECT ? `${ascii.slice(0, LONGEST_SUBJECT - 3)}...` : ascii;
}

function attribute(value: string, DataType: 'String' | 'String.Array' = 'String') {
  return { DataType, StringValue: value.toWellFormed() };
}

/** Filter policies match a list by any of its elements. Names that would make it too long are left out. */
function clusterAttribute(clusters: readonly string[]) {
  const [only] = clusters;
  if (clusters.length <= 1) return attribute(only ?? 'none');
  let listed: readonly string[] = [];
  for (const cluster of clusters) {
    const more = [...listed, cluster];
    if (Buffer.byteLength(JSON.stringify(more)) > MOST_CLUSTERS_BYTES) break;
    listed = more;
  }
  return attribute(JSON.stringify(listed), 'String.Array');
}

function refusal(error: unknown, topic: string, secrets: readonly string[]): Attempt {
  const name = error instanceof Error ? error.name : '';
  const status = statusOf(error);
  const { reason, detail } = awsFailure(withMasks(error, secrets), `sns:Publish on ${topic}`);
  if (name.startsWith('NotFound') || status === 404) {
    return undelivered('gone', false, `there is no topic ${topic}: ${detail}`);
  }
  if (reason === 'throttled' || /Throttl/.test(name) || status === 429) {
    return { ...undelivered('throttled', true, detail), again: {} };
  }
  // Its answer was lost, or is somebody else's: it may have been published, and is not sent again at once.
  if (status !== undefined && status < 300) return undelivered('unreachable', true, detail);
  if (status === undefined ? reason !== 'denied' : status >= 500) {
    return { ...undelivered('unreachable', true, detail), again: {} };
  }
  const isDenied = reason === 'denied' || reason === 'clock' || status === 401 || status === 403;
  return undelivered(isDenied ? 'denied' : 'rejected', /Expired/.test(name), detail);
}

/** The error without what the service may have repeated of the request. */
function withMasks(error: unknown, secrets: readonly string[]): Error {
  if (!(error instanceof Error)) return new Error(masked(String(error), secrets));
  const name = /^[A-Za-z.]{1,60}$/.test(error.name) ? error.name : masked(error.name, secrets);
  return Object.assign(new Error(), error, { name, message: masked(error.message, secrets) });
}
