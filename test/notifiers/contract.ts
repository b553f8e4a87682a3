import { describe, expect, test } from 'vitest';
import type { Message } from '../../lib/message.ts';
import type { Delivery, Notifier, NotifierPorts } from '../../lib/notifiers/notifier.ts';
import type { ResolveReference } from '../../lib/references.ts';
import { inOrder, type Recorded, type Respond, serve } from '../support/http.ts';
import { fakeClock } from '../support/ports.ts';
import { message } from './messages.ts';

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
  readonly open: (url: string) => { readonly notifier: Notifier; readonly resolve: ResolveReference };
  /** What must appear nowhere but in the request. */
  readonly secrets: readonly string[];
  /** Every text that people or machines read, of one request. */
  readonly textOf: (request: Recorded) => string;
}

const DENIED = { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'not-a-real-key' };

/** What every channel must do, whatever it is. */
export function notifierContract(subject: Subject): void {
  const send = async (respond: Respond, over: Partial<NotifierPorts> = {}, what: Message = message()) => {
    const server = await serve(respond);
    const { notifier, resolve } = subject.open(server.url);
    const clock = fakeClock(Date.now());
    const ports = {
      clock,
      fetch,
      deadline: clock.now() + 60_000,
      credentials: () => async () => DENIED,
      resolve,
    };
    const delivery = await notifier.send(what, { ...ports, ...over });
    return { delivery, requests: server.requests, slept: clock.slept };
  };
  const accepted = () => inOrder(subject.accepted);

  test('a message is delivered by one request', async () => {
    const { delivery, requests } = await send(accepted());
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
    const { delivery, requests } = await send(inOrder(refusal, refusal, refusal));
    expect(delivery).toMatchObject({ delivered: false, retry });
    expect(requests).toHaveLength(tries);
  });

  test('what heals is delivered', async () => {
    const { delivery, requests } = await send(inOrder(subject.refused(503), subject.accepted));
    expect(delivery).toEqual({ delivered: true });
    expect(requests).toHaveLength(2);
  });

  test('a broken connection may be tried later', async () => {
    const { delivery } = await send((_request, response) => void response.destroy());
    expect(delivery).toMatchObject({ delivered: false, retry: true, reason: 'unreachable' });
  });

  test('no try begins after the deadline', async () => {
    const clock = fakeClock();
    const { delivery, requests } = await send(accepted(), { clock, deadline: clock.now() });
    expect(delivery).toMatchObject({ delivered: false, retry: true, reason: 'timeout' });
    expect(requests).toEqual([]);
  });

  test('what has no answer after five seconds is given up, once: it may have arrived', async () => {
    const { delivery, requests } = await send(() => {});
    expect(delivery).toEqual({
      delivered: false,
      retry: true,
      reason: 'timeout',
      detail: 'no answer within 5s',
    });
    expect(requests).toHaveLength(1);
  });

  test('a reference that cannot be resolved is told by its name', async () => {
    const resolve: ResolveReference = async () => ({ unresolved: 'there is no such thing', retry: true });
    const { delivery, requests } = await send(accepted(), { resolve });
    expect(delivery).toMatchObject({ delivered: false, retry: true, reason: 'unresolved' });
    expect(requests).toEqual([]);
  });

  describe('no secret leaves the notifier', () => {
    const tellsNothing = (delivery: Delivery): void => {
      for (const secret of subject.secrets) expect(JSON.stringify(delivery)).not.toContain(secret);
    };

    test.each([400, 403, 404, 429, 500])('when the server repeats it with HTTP %i', async (status) => {
      const refusal = subject.refused(status, subject.secrets.join(' '));
      const { delivery } = await send(inOrder(refusal, refusal, refusal));
      expect(delivery.delivered).toBe(false);
      tellsNothing(delivery);
    });

    test('when nothing listens', async () => {
      const { notifier, resolve } = subject.open('http://127.0.0.1:1');
      const clock = fakeClock(Date.now());
      const ports = {
        clock,
        fetch,
        deadline: clock.now() + 60_000,
        credentials: () => async () => DENIED,
        resolve,
      };
      const delivery = await notifier.send(message(), ports);
      expect(delivery).toMatchObject({ delivered: false, retry: true, reason: 'unreachable' });
      tellsNothing(delivery);
    });

    test('when what the reference holds is not what it should be', async () => {
      const resolve: ResolveReference = async () => ({ value: `not-it ${subject.secrets.join('/')}` });
      const { delivery } = await send(accepted(), { resolve });
      expect(delivery).toMatchObject({ delivered: false, retry: false, reason: 'unresolved' });
      tellsNothing(delivery);
    });
  });

  test('two hundred failing signals are one message that says so', async () => {
    const { delivery, requests } = await send(accepted(), {}, message({ signals: 200 }));
    expect(delivery).toEqual({ delivered: true });
    expect(requests.map(subject.textOf).join()).toContain('200 of 200 signals failing');
  });
}
