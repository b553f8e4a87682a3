import { describe, expect, test } from 'vitest';
import type { Message } from '../../lib/message.ts';
import { pagerduty } from '../../lib/notifiers/pagerduty.ts';
import { type PagerdutyEvent, triggerEvent } from '../../lib/notifiers/pagerduty-events.ts';
import { sampleMessage } from '../../lib/notifiers/sample.ts';
import { inOrder, type Recorded, serve } from '../support/http.ts';
import { type Canned, notifierContract, sendTo, type Subject } from './contract.ts';
import { entry, message, recovered } from './messages.ts';

const KEY = 'R0123456789abcdef0123456789abcde';
const ACCEPTED = { status: 202, body: '{"status":"success","message":"Event processed","dedup_key":"k"}' };

const refused = (status: number, said = "'payload.summary' is missing or blank"): Canned => ({
  status,
  body: JSON.stringify({ status: 'invalid event', message: 'Event object is invalid', errors: [said] }),
});

const eventOf = ({ body }: Recorded) => JSON.parse(body) as PagerdutyEvent & { routing_key: string };

/** Limits of the Events API. */
function judge(rendering: string): void {
  expect(Buffer.byteLength(rendering)).toBeLessThan(512_000);
  const { payload, links = [] } = JSON.parse(rendering) as PagerdutyEvent;
  if (!payload) throw new Error('a trigger without payload');
  expect(payload.summary.length).toBeLessThanOrEqual(1024);
  for (const text of [payload.summary, payload.source, payload.severity]) expect(text).not.toBe('');
  expect(['critical', 'warning', 'info']).toContain(payload.severity);
  expect(new Date(payload.timestamp).toISOString()).toBe(payload.timestamp);
  for (const { href } of links) expect(href).toMatch(/^https?:\/\/[^\s"<>]+$/);
}

const subject: Subject = {
  accepted: ACCEPTED,
  refused,
  open: (url) => ({
    send: pagerduty('ssm:/pagerduty', url),
    resolve: async (reference) => ({ value: reference === 'ssm:/pagerduty' ? KEY : reference }),
  }),
  secrets: [KEY, KEY.slice(1, 30)],
  textOf: (request) => JSON.stringify(eventOf(request).payload),
  rendered: (what) =>
    what.incidents.slice(0, 2).map((incident) => JSON.stringify(triggerEvent(incident.key, what, incident))),
  judge,
};

notifierContract(subject);

const incident = (key: string, isOver = false) => ({
  key,
  severity: 'critical' as const,
  isOver,
  summary: `prod-eu: ${key}`,
});

async function tell(what: Message, ...answers: readonly Canned[]) {
  const { delivery, requests } = await sendTo(subject, inOrder(...answers), what);
  return { delivery, events: requests.map(eventOf), paths: requests.map(({ path }) => path) };
}

test('an answer that comes in pieces is read together', async () => {
  const { delivery } = await sendTo(
    subject,
    (_, response) => {
      response.writeHead(202).write(ACCEPTED.body.slice(0, 7));
      setTimeout(() => response.end(ACCEPTED.body.slice(7)), 30);
    },
    message(),
  );
  expect(delivery).toEqual({ delivered: true });
});

describe('an incident', () => {
  test('is triggered, with everything that is known', async () => {
    const { events, paths } = await tell(message(), ACCEPTED);
    expect(paths).toEqual(['/v2/enqueue']);
    expect(events).toEqual([
      {
        routing_key: KEY,
        event_action: 'trigger',
        dedup_key: 'prod-eu/2026-11-20T12:00:00.000Z',
        client: 'Plumbline',
        payload: {
          summary: 'prod-eu: canary failing',
          source: 'prod-eu',
          severity: 'critical',
          timestamp: '2026-11-20T12:00:00.000Z',
          component: 'canary',
          group: 'prod-eu',
          class: 'fresh',
          custom_details: {
            text: expect.stringContaining('silent since 2026-11-20 11:45:40Z') as string,
            findings: [
              {
                signal: 'canary',
                since: '2026-11-20T11:45:40.000Z',
                findings: [
                  {
                    expectation: 'fresh',
                    subject: 'job=kubernetes-pods',
                    observed: 'newest sample 14m 20s old',
                    expected: 'newest sample at most 4m old',
                  },
                ],
              },
            ],
          },
        },
        links: [
          {
            href: 'https://eu-west-1.console.aws.amazon.com/cloudwatch/home?region=eu-west-1',
            text: 'console: canary',
          },
          { href: 'https://wiki.example/adot', text: 'runbook: canary' },
        ],
      },
    ]);
  });

  test('that is over is resolved by its key, and nothing else', async () => {
    const { events } = await tell(recovered(), ACCEPTED);
    expect(events).toEqual([
      { routing_key: KEY, event_action: 'resolve', dedup_key: 'prod-eu/2026-11-20T12:00:00.000Z' },
    ]);
  });

  test('with a long key has a short one, always the same', async () => {
    const long = message({ incidents: [incident('x'.repeat(256))] });
    const over = message({ incidents: [incident('x'.repeat(256), true)] });
    const [opened] = (await tell(long, ACCEPTED)).events;
    const [ended] = (await tell(over, ACCEPTED)).events;
    expect(opened?.dedup_key).toMatch(/^[\w-]{22}$/);
    expect(ended?.dedup_key).toBe(opened?.dedup_key);
  });

  test('of a test is seen and over at once', async () => {
    const { events } = await tell(sampleMessage(1_800_000_000_000), ACCEPTED, ACCEPTED);
    expect(events.map(({ event_action, payload }) => [event_action, payload?.severity])).toEqual([
      ['trigger', 'info'],
      ['resolve', undefined],
    ]);
    expect(new Set(events.map(({ dedup_key }) => dedup_key)).size).toBe(1);
    expect(events[0]?.payload?.summary).toContain('TEST');
  });

  test('links only what can be opened', async () => {
    const entries = [entry({ runbook: 'javascript:alert(1)', console: 'https://me:word@x.example/' })];
    expect((await tell(message({ entries }), ACCEPTED)).events[0]?.links).toEqual([]);
  });
});

describe('several incidents', () => {
  const several = message({ incidents: [incident('a'), incident('b', true), incident('c')] });

  test('are told one by one', async () => {
    const { delivery, events } = await tell(several, ACCEPTED, ACCEPTED, ACCEPTED);
    expect(delivery).toEqual({ delivered: true });
    expect(events.map(({ dedup_key, event_action }) => `${event_action} ${dedup_key}`).sort()).toEqual([
      'resolve b',
      'trigger a',
      'trigger c',
    ]);
  });

  test('one that is refused does not stop the others, and the message is undelivered', async () => {
    const { delivery, requests } = await sendTo(
      subject,
      ({ body }, response) => {
        const isRefused = body.includes('"dedup_key":"b"');
        const answer = isRefused ? refused(400) : ACCEPTED;
        response.writeHead(answer.status).end(answer.body);
      },
      several,
    );
    expect(requests).toHaveLength(3);
    expect(delivery).toEqual({
      delivered: false,
      retry: false,
      reason: 'rejected',
      detail: "1 of 3 incidents: HTTP 400 'payload.summary' is missing or blank",
    });
  });

  test('what sending again can mend is told before what it cannot', async () => {
    const { delivery } = await sendTo(
      subject,
      ({ body }, response) => {
        response.writeHead(body.includes('"dedup_key":"c"') ? 503 : 400).end();
      },
      several,
    );
    expect(delivery).toMatchObject({
      retry: true,
      reason: 'unreachable',
      detail: '3 of 3 incidents: HTTP 503',
    });
  });

  test('none is nothing to tell', async () => {
    expect(await tell(message({ incidents: [] }))).toMatchObject({
      delivery: { delivered: true },
      events: [],
    });
  });
});

describe('the endpoint', () => {
  test.each(['/', '/v2/enqueue', '/v2/enqueue/'])('may be written with %s at its end', async (end) => {
    const server = await serve(inOrder(ACCEPTED));
    const open = () => subject.open(`${server.url}${end}`);
    await sendTo({ open }, () => {});
    expect(server.requests.map(({ path }) => path)).toEqual(['/v2/enqueue']);
  });

  test('is PagerDuty’s own where none is configured', async () => {
    const asked: string[] = [];
    const record: typeof fetch = async (url) => {
      asked.push(url instanceof URL ? url.href : 'not a URL');
      return new Response(ACCEPTED.body, { status: 202 });
    };
    const open = () => ({ ...subject.open(''), send: pagerduty('ssm:/pagerduty') });
    await sendTo({ open }, () => {}, message(), { fetch: record });
    expect(asked).toEqual(['https://events.pagerduty.com/v2/enqueue']);
  });

  test.each(['<html>Sign in</html>', '', '{}', 'null', '[]', '{"Answer":1}'])(
    'is not what answers 200 with %j',
    async (body) => {
      const page = { status: 200, body };
      expect(await sendTo(subject, inOrder(page))).toMatchObject({
        delivery: { delivered: false, retry: true, reason: 'rejected' },
      });
    },
  );

  test('is not asked over plain http', async () => {
    const open = () => subject.open('http://events.example.com');
    expect(await sendTo({ open }, () => {})).toMatchObject({
      delivery: { reason: 'unresolved', retry: false },
    });
  });
});
