import { createHmac, timingSafeEqual } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { Message } from '../../lib/message.ts';
import { webhook, webhookBody } from '../../lib/notifiers/webhook.ts';
import { inOrder, type Recorded, serve } from '../support/http.ts';
import { notifierContract, sendTo, type Subject } from './contract.ts';
import { message, messageSaying, writtenOut } from './messages.ts';

const PATH = '/plumbline/k3y-of-the-path';
const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';

interface Body {
  readonly version: number;
  readonly type: string;
  readonly timestamp: string;
  readonly data: Message;
}

const opened = (secret: string) => (url: string) => ({
  send: webhook('ssm:/webhook', 'ssm:/webhook-secret'),
  resolve: async (reference: string) => ({
    value: reference === 'ssm:/webhook' ? `${url}${PATH}` : secret,
  }),
});

const subject: Subject = {
  accepted: { status: 204 },
  refused: (status, echo) => ({ status, body: echo ?? 'no' }),
  open: opened(SECRET),
  secrets: ['k3y-of-the-path', SECRET, SECRET.slice(6)],
  textOf: ({ body }) => body,
  rendered: (what) => [webhookBody(what)],
  judge: (rendering, what) => {
    expect(Buffer.byteLength(rendering)).toBeLessThanOrEqual(256 * 1024);
    const { version, type, data } = JSON.parse(rendering) as Body;
    expect([version, type]).toEqual([1, `plumbline.${what.reason}`]);
    expect(data.title.isWellFormed()).toBe(true);
  },
};

notifierContract(subject);

/** As a receiver does it, whatever the sender's code looks like. */
function isAuthentic({ headers, body }: Recorded, key: Buffer): boolean {
  const signed = `${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.${body}`;
  const expected = createHmac('sha256', key).update(signed).digest();
  return String(headers['webhook-signature'])
    .split(' ')
    .some((one) => {
      const [version, signature = ''] = one.split(',');
      const given = Buffer.from(signature, 'base64');
      return version === 'v1' && given.length === expected.length && timingSafeEqual(given, expected);
    });
}

async function received(secret: string, what = message()) {
  const { requests, now } = await sendTo({ open: opened(secret) }, inOrder({ status: 200 }), what);
  const [request] = requests;
  if (!request) throw new Error('nothing was posted');
  return { request, now };
}

describe('the signature', () => {
  test.each([
    ['whsec_ and base64', SECRET, Buffer.from(SECRET.slice(6), 'base64')],
    ['any text', 'correct horse battery staple', Buffer.from('correct horse battery staple')],
  ])('is verified by the receiver: %s', async (_name, secret, key) => {
    const { request } = await received(secret);
    expect(isAuthentic(request, key)).toBe(true);
    expect(isAuthentic({ ...request, body: `${request.body} ` }, key)).toBe(false);
    expect(isAuthentic(request, Buffer.from('another'))).toBe(false);
  });

  test('covers the id of the message and the time of the try', async () => {
    const { request, now } = await received(SECRET);
    expect(request.headers).toMatchObject({
      'webhook-id': message().id,
      'webhook-timestamp': String(Math.floor(now / 1000)),
      'content-type': 'application/json; charset=utf-8',
    });
  });

  test.each(['a.b', 'a\r\nx: y', '', 'ü'])('the id %j cannot break out of its header', async (id) => {
    const { request } = await received(SECRET, message({ id }));
    expect(request.headers['webhook-id']).toMatch(/^[\w-]{22}$/);
  });

  test('is made anew for every try, since receivers refuse old ones', async () => {
    const { requests } = await sendTo(
      subject,
      inOrder({ status: 503, headers: { 'retry-after': '9' } }, { status: 200 }),
    );
    const [first, second] = requests.map(({ headers }) => Number(headers['webhook-timestamp']));
    expect(Number(second) - Number(first)).toBe(9);
    expect(requests.every((one) => isAuthentic(one, Buffer.from(SECRET.slice(6), 'base64')))).toBe(true);
  });

  test.each(['whsec_', 'whsec_not base64!'])('%j is no secret', async (secret) => {
    const { delivery, requests } = await sendTo({ open: opened(secret) }, () => {});
    expect(delivery).toMatchObject({ reason: 'unresolved', retry: false });
    expect(JSON.stringify(delivery)).not.toContain('base64!');
    expect(requests).toEqual([]);
  });
});

describe('the body', () => {
  test('is the message, and says what it is', async () => {
    const { request } = await received(SECRET);
    expect(JSON.parse(request.body)).toEqual({
      version: 1,
      type: 'plumbline.opened',
      timestamp: message().checkedAt,
      data: message(),
    });
  });

  test('leaves out whole entries, and names them', () => {
    const huge = writtenOut(200);
    const entries = huge.entries.map((one) => ({ ...one, question: 'x'.repeat(3000) }));
    const sent = webhookBody({ ...huge, entries });
    expect(Buffer.byteLength(sent)).toBeLessThanOrEqual(256 * 1024);
    const { data } = JSON.parse(sent) as Body;
    expect(data.entries.length).toBeGreaterThan(50);
    expect(data.entries.at(-1)?.question).toHaveLength(3000);
    expect([...data.entries.map(({ name }) => name), ...data.others]).toEqual(
      huge.entries.map(({ name }) => name),
    );
  });

  test('shortens lists where nothing else helps', () => {
    const { data } = JSON.parse(webhookBody(messageSaying('x'.repeat(500), 400))) as Body;
    expect(data.entries).toEqual([]);
    expect(data.ok).toHaveLength(10);
  });
});

describe('the address', () => {
  test('is not left for another place', async () => {
    const elsewhere = await serve(inOrder({ status: 200 }));
    const { delivery } = await sendTo(
      subject,
      inOrder({ status: 307, headers: { location: elsewhere.url } }),
    );
    expect(delivery).toMatchObject({ delivered: false, retry: false, detail: 'HTTP 307' });
    expect(elsewhere.requests).toEqual([]);
  });

  test.each([
    'http://example.com/',
    'https://me:word@example.com/',
    'ftp://127.0.0.1/',
    'file:///etc/passwd',
  ])('%j is none to post to, and is not told', async (value) => {
    const open = () => ({ send: webhook(value, 'ssm:/secret'), resolve: async () => ({ value }) });
    const { delivery } = await sendTo({ open }, () => {});
    expect(delivery).toMatchObject({ reason: 'unresolved', retry: false });
    expect(JSON.stringify(delivery)).not.toMatch(/word|example\.com\//);
  });
});
