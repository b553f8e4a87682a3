import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Message } from '../../lib/message.ts';
import type { Delivery, NotifierPorts, Send } from '../../lib/notifiers/notifier.ts';
import { sampleMessage } from '../../lib/notifiers/sample.ts';
import type { ResolveReference } from '../../lib/references.ts';
import { inOrder, type Recorded, type Respond, serve } from '../support/http.ts';
import { fakeClock } from '../support/ports.ts';
import { blind, failing, message, messageSaying, recovered, storm, writtenOut } from './messages.ts';

/** What a server answers. */
export interface Canned {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

/** What one kind of channel brings to the contract. */
export interface Subject {
  /** The answer of a server that takes the message. */
  readonly accepted: Canned;
  /** A refusal with this status, worded as the service does; hostile where it repeats what it was asked. */
  readonly refused: (status: number, echo?: string) => Canned;
  /** Opens the notifier on a server, by a reference. */
  readonly open: (url: string) => { readonly send: Send; readonly resolve: ResolveReference };
  /** What must appear nowhere but in the request. */
  readonly secrets: readonly string[];
  /** Every text that people or machines read, of one request. */
  readonly textOf: (request: Recorded) => string;
  /** What one message is sent as, without the network: one text per request. */
  readonly rendered: (message: Message) => readonly string[];
  /** Throws where a rendering exceeds a limit of the service, or means to its reader what the message does not. */
  readonly judge: (rendering: string, message: Message) => void;
}

/** What chats, JSON, XML and Unicode give a meaning, and a plain letter. */
const MARKUP = '& < > ` * _ ~ @ # : / . [ ] ( ) " \\ \n \ud800 a'.split(' ').concat(' ');

export const CREDENTIALS = {
  accessKeyId: 'AKIAEXAMPLE',
  secretAccessKey: 'not-a-real-key',
  sessionToken: 'IQoJb3JpZ2lu/not+a/real-token==',
};

/** Sends one message through a notifier that was opened on a server of its own. */
export async function sendTo(
  { open }: Pick<Subject, 'open'>,
  respond: Respond,
  what: Message = message(),
  over: Partial<NotifierPorts> = {},
) {
  const server = await serve(respond);
  const { send, resolve } = open(server.url);
  const clock = fakeClock(Date.now());
  const credentials = () => async () => CREDENTIALS;
  const ports = { clock, fetch, deadline: clock.now() + 60_000, credentials, resolve };
  const delivery = await send(what, { ...ports, ...over });
  return { delivery, requests: server.requests, slept: clock.slept, now: clock.now() };
}

/** What every channel must do, whatever it is. */
export function notifierContract(subject: Subject): void {
  const accepted = () => inOrder(...Array.from({ length: 9 }, () => subject.accepted));

  test('a message is delivered by one request', async () => {
    const { delivery, requests } = await sendTo(subject, accepted());
    expect(delivery).toEqual({ delivered: true });
    expect(requests).toHaveLength(1);
  });

  test.each([
    [400, false, 1],
    [401, false, 1],
    [403, false, 1],
    [404, false, 1],
    [410, false, 1],
    [429, true, 3],
    [500, true, 3],
    [502, true, 3],
    [503, true, 3],
  ])('HTTP %i: retry %s, after %i tries', async (status, retry, tries) => {
    const refusal = subject.refused(status);
    const { delivery, requests } = await sendTo(subject, inOrder(refusal, refusal, refusal));
    expect(delivery).toMatchObject({ delivered: false, retry });
    expect(requests).toHaveLength(tries);
  });

  test('what heals is delivered', async () => {
    const { delivery, requests } = await sendTo(subject, inOrder(subject.refused(503), subject.accepted));
    expect(delivery).toEqual({ delivered: true });
    expect(requests).toHaveLength(2);
  });

  test('a broken connection may be tried later', async () => {
    const { delivery } = await sendTo(subject, (_request, response) => void response.destroy());
    expect(delivery).toMatchObject({ delivered: false, retry: true, reason: 'unreachable' });
  });

  test('no try begins after the deadline', async () => {
    const clock = fakeClock();
    const { delivery, requests } = await sendTo(subject, accepted(), message(), {
      clock,
      deadline: clock.now(),
    });
    expect(delivery).toMatchObject({ delivered: false, retry: true, reason: 'timeout' });
    expect(requests).toEqual([]);
  });

  test('what has no answer after five seconds is given up, once: it may have arrived', async () => {
    const arrived = Promise.withResolvers<void>();
    const waited: number[] = [];
    const sleep = (milliseconds: number) => {
      waited.push(milliseconds);
      return arrived.promise;
    };
    const clock = { ...fakeClock(Date.now()), sleep };
    const deadline = clock.now() + 60_000;
    const { delivery, requests } = await sendTo(subject, () => arrived.resolve(), message(), {
      clock,
      deadline,
    });
    expect(delivery).toEqual({
      delivered: false,
      retry: true,
      reason: 'timeout',
      detail: 'no answer within 5s',
    });
    expect([waited, requests.length]).toEqual([[5000], 1]);
  });

  test('a reference that cannot be resolved is told by its name', async () => {
    const resolve: ResolveReference = async () => ({ unresolved: 'there is no such thing', retry: true });
    const { delivery, requests } = await sendTo(subject, accepted(), message(), { resolve });
    expect(delivery).toMatchObject({ delivered: false, retry: true, reason: 'unresolved' });
    expect(requests).toEqual([]);
  });

  describe('no secret leaves the notifier', () => {
    const tellsNothing = (delivery: Delivery): void => {
      for (const secret of subject.secrets) expect(JSON.stringify(delivery)).not.toContain(secret);
    };

    test.each([400, 403, 404, 429, 500])('when the server repeats it with HTTP %i', async (status) => {
      const refusal = subject.refused(status, subject.secrets.join(' '));
      const { delivery } = await sendTo(subject, inOrder(refusal, refusal, refusal));
      expect(delivery.delivered).toBe(false);
      tellsNothing(delivery);
    });

    test('when nothing listens', async () => {
      const elsewhere = { open: () => subject.open('http://127.0.0.1:1') };
      const { delivery } = await sendTo(elsewhere, accepted());
      expect(delivery).toMatchObject({ delivered: false, retry: true, reason: 'unreachable' });
      tellsNothing(delivery);
    });

    test('when what the reference holds is not what it should be', async () => {
      const resolve: ResolveReference = async () => ({ value: `not-it ${subject.secrets.join('/')}` });
      const { delivery } = await sendTo(subject, accepted(), message(), { resolve });
      expect(delivery).toMatchObject({ delivered: false, retry: false, reason: 'unresolved' });
      tellsNothing(delivery);
    });
  });

  test('two hundred failing signals are one message that says so', async () => {
    const { delivery, requests } = await sendTo(subject, accepted(), failing(200));
    expect(delivery).toEqual({ delivered: true });
    expect(requests).toHaveLength(1);
    const told = requests.map(subject.textOf).join('');
    expect(told).toContain('200 of 200 signals failing');
    expect(told).toContain('the first since 2026-11-20 11:45:40Z');
  });

  test('a storm is one message that says what its clusters share', async () => {
    const { delivery, requests } = await sendTo(subject, accepted(), storm(12));
    expect(delivery).toEqual({ delivered: true });
    expect(requests).toHaveLength(1);
    const told = requests.map(subject.textOf).join('');
    expect(told).toContain('12 clusters are failing (region eu-west-1)');
    expect(told).toContain('the first since 2026-11-20 11:45:40Z');
    for (const name of storm(12).clusters) expect(told).toContain(name);
  });

  test.each([
    ['an incident', message()],
    ['200 failing signals', failing(200)],
    ['200 failing signals, all written out', writtenOut(200)],
    ['a storm of 12 clusters', storm(12)],
    ['a storm of 300 clusters', storm(300)],
    ['a recovery', recovered()],
    ['blindness', blind()],
    ['a test', sampleMessage(1_800_000_000_000)],
  ])('%s is within the limits', (_name, what) => {
    const renderings = subject.rendered(what);
    expect(renderings.length).toBeGreaterThan(0);
    for (const rendering of renderings) subject.judge(rendering, what);
  });

  test.each([
    '<!channel>',
    '<@U0000> @here @SRE-Team',
    '<https://evil.example|click>',
    '[click](https://evil.example)',
    '`*bold*` _it_ ~no~',
    '```\n*bold*\n```',
    ':tada: & &amp; &lt; \u202e \ud800',
    'prod-eu\r\nSubject: x\u2028y\u0000',
    '"; DROP \\ "',
  ])('%j is only text', (text) => {
    const what = messageSaying(text);
    for (const rendering of subject.rendered(what)) subject.judge(rendering, what);
  });

  test('any text, however long, in any number, is only text and within the limits', () => {
    const text = fc.oneof(
      fc.string({ minLength: 1, maxLength: 2000, size: 'max' }),
      fc.string({ unit: 'binary', minLength: 1, maxLength: 400, size: 'max' }),
      fc.string({ unit: fc.constantFrom(...MARKUP), minLength: 1, maxLength: 2000, size: 'max' }),
      fc.constantFrom('x'.repeat(20_000), '"'.repeat(9000), '😀'.repeat(5000), '\n'.repeat(5000)),
    );
    fc.assert(
      fc.property(text, fc.constantFrom(1, 3, 12), (said, count) => {
        const what = messageSaying(said, count);
        for (const rendering of subject.rendered(what).slice(0, 2)) subject.judge(rendering, what);
      }),
      { numRuns: 60 },
    );
  });
}
