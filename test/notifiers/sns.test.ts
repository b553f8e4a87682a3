import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { publication, sns } from '../../lib/notifiers/sns.ts';
import { inOrder, serve } from '../support/http.ts';
import { fakeClock } from '../support/ports.ts';
import { type Canned, notifierContract } from './contract.ts';
import { message, messageSaying } from './messages.ts';

const TOPIC = 'arn:aws:sns:eu-west-1:111122223333:alerts';
const PUBLISHED =
  '<PublishResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishResult><MessageId>1</MessageId></PublishResult></PublishResponse>';

const CODES: Readonly<Record<number, string>> = {
  400: 'InvalidParameter',
  401: 'UnrecognizedClientException',
  403: 'AuthorizationError',
  404: 'NotFound',
  429: 'Throttling',
  500: 'InternalFailure',
};

const refused = (status: number, code = CODES[status] ?? 'ServiceUnavailable', said = 'no') => ({
  status,
  headers: { 'content-type': 'text/xml' },
  body: `<ErrorResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><Error><Type>Sender</Type><Code>${code}</Code><Message>${said}</Message></Error><RequestId>1</RequestId></ErrorResponse>`,
});

/** The client finds the server as users' endpoints are found: by the environment. */
const NAME = 'AWS_ENDPOINT_URL_SNS';
let earlier: string | undefined;
beforeEach(() => {
  earlier = process.env[NAME];
});
afterEach(() => {
  if (earlier === undefined) Reflect.deleteProperty(process.env, NAME);
  else process.env[NAME] = earlier;
});

const open = (url: string, value = TOPIC) => {
  process.env[NAME] = url;
  return { notifier: sns('${env:ALERT_TOPIC_ARN}'), resolve: async () => ({ value }) };
};

notifierContract({
  accepted: { status: 200, body: PUBLISHED },
  refused: (status) => refused(status),
  open,
  secrets: ['not-a-real-key'],
  textOf: ({ form }) => form.get('Message') ?? '',
});

async function publish(...answers: readonly Canned[]) {
  const server = await serve(inOrder(...answers));
  const { notifier, resolve } = open(server.url);
  const clock = fakeClock(Date.now());
  const credentials = () => async () => ({ accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'not-a-real-key' });
  const ports = { clock, fetch, deadline: clock.now() + 30_000, credentials, resolve };
  return { delivery: await notifier.send(message(), ports), requests: server.requests };
}

describe('the topic', () => {
  test.each([
    [400, 'Throttling', true, 'throttled'],
    [400, 'KMSThrottling', true, 'throttled'],
    [400, 'KMSAccessDenied', false, 'denied'],
    [403, 'ExpiredToken', true, 'denied'],
    [403, 'SignatureDoesNotMatch', false, 'denied'],
    [404, 'NotFound', false, 'gone'],
    [400, 'InvalidParameter', false, 'rejected'],
  ])('HTTP %i %s: retry %s, %s', async (status, code, retry, reason) => {
    const answer = refused(status, code);
    const { delivery } = await publish(answer, answer, answer);
    expect(delivery).toMatchObject({ delivered: false, retry, reason });
  });

  test('a refusal names the right that is missing and the topic', async () => {
    const { delivery } = await publish(refused(403, 'AuthorizationError', 'User is not authorized'));
    expect(delivery).toMatchObject({ detail: expect.stringContaining(`sns:Publish on ${TOPIC}`) as string });
  });

  test('is asked in its own region', async () => {
    const { requests } = await publish({ status: 200, body: PUBLISHED });
    expect(requests[0]?.headers.authorization).toContain('/eu-west-1/sns/aws4_request');
  });

  test('hears what subscriptions filter by', async () => {
    const { requests } = await publish({ status: 200, body: PUBLISHED });
    const form = requests[0]?.form ?? new URLSearchParams();
    const attributes = [1, 2, 3].map((index) => [
      form.get(`MessageAttributes.entry.${index}.Name`),
      form.get(`MessageAttributes.entry.${index}.Value.StringValue`),
    ]);
    expect(Object.fromEntries(attributes)).toEqual({
      cluster: 'prod-eu',
      severity: 'critical',
      reason: 'failing',
    });
  });
});

describe('the text', () => {
  test('what is failing, for an e-mail', () => {
    expect(publication(message()).Message).toBe(
      [
        'prod-eu: canary failing (amp)',
        'critical, checked 2026-11-20 12:00:00Z',
        '',
        'canary (amp)',
        '  silent since 2026-11-20 11:45:40Z, for 14m 20s',
        '  fresh job=kubernetes-pods',
        '    observed: newest sample 14m 20s old',
        '    expected: newest sample at most 4m old',
        '  ask: max by (job) (timestamp(m))',
        '  runbook: https://wiki.example/adot',
        '',
        'Nothing else is known to arrive.',
        '',
      ].join('\n'),
    );
  });

  test('whole signals are left out, and named, where it would be too long', () => {
    const huge = message({ signals: 10 });
    const entries = huge.entries.map((entry) => ({ ...entry, question: 'x'.repeat(60_000) }));
    const text = publication({ ...huge, entries }).Message;
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(255 * 1024);
    expect(text.match(/ask: /g)).toHaveLength(4);
    expect(text).toContain('Also failing: canary-4, canary-5, canary-6');
  });

  test('whatever is said, every limit of SNS holds', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 500 }),
        fc.integer({ min: 1, max: 60 }),
        (said, signals) => {
          const { Subject, Message, MessageAttributes } = publication(messageSaying(`x${said}`, signals));
          expect(Subject).toMatch(/^[\x21-\x7e][\x20-\x7e]{0,98}$/);
          expect(
            Buffer.byteLength(Message) + Buffer.byteLength(JSON.stringify(MessageAttributes)),
          ).toBeLessThan(256 * 1024);
          for (const { StringValue } of Object.values(MessageAttributes)) expect(StringValue).not.toBe('');
        },
      ),
      { numRuns: 200 },
    );
  });
});
