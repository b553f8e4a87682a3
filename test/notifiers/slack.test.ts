import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { slack } from '../../lib/notifiers/slack.ts';
import { slackPayload } from '../../lib/notifiers/slack-blocks.ts';
import { inOrder, serve } from '../support/http.ts';
import { fakeClock } from '../support/ports.ts';
import { type Canned, notifierContract } from './contract.ts';
import { message, messageSaying } from './messages.ts';

const PATH = '/services/T000/B000/XXXX';
const WORDS: Readonly<Record<number, string>> = {
  400: 'invalid_payload',
  403: 'action_prohibited',
  404: 'no_service',
};

notifierContract({
  accepted: { status: 200, body: 'ok' },
  refused: (status, echo) => ({ status, body: echo ?? WORDS[status] ?? 'rate_limited' }),
  open: (url) => ({ notifier: slack('ssm:/hook'), resolve: async () => ({ value: `${url}${PATH}` }) }),
  secrets: ['XXXX', 'B000', '/services'],
  textOf: ({ body }) => (JSON.parse(body) as { text: string }).text,
});

async function post(...answers: readonly Canned[]) {
  const server = await serve(inOrder(...answers));
  const clock = fakeClock();
  const ports = {
    clock,
    fetch,
    deadline: clock.now() + 30_000,
    credentials: () => () => Promise.reject(new Error('Slack needs no credentials')),
    resolve: async () => ({ value: server.url + PATH }),
  };
  return {
    delivery: await slack('ssm:/hook').send(message(), ports),
    slept: clock.slept,
    requests: server.requests,
  };
}

describe('the webhook', () => {
  test('is waited for as long as it asks, inside the deadline', async () => {
    const busy = (seconds: string) => ({ status: 429, headers: { 'retry-after': seconds } });
    expect(await post(busy('7'), { status: 200 })).toMatchObject({
      delivery: { delivered: true },
      slept: [7000],
    });
    expect(await post(busy('31'))).toMatchObject({
      delivery: { delivered: false, retry: true, reason: 'throttled', detail: 'HTTP 429' },
      slept: [],
    });
  });

  test.each([
    [403, 'invalid_token', 'denied'],
    [404, 'no_service', 'gone'],
    [410, 'channel_is_archived', 'gone'],
    [400, 'invalid_payload', 'rejected'],
  ])('says why: HTTP %i %s', async (status, body, reason) => {
    const { delivery } = await post({ status, body });
    expect(delivery).toEqual({ delivered: false, retry: false, reason, detail: `HTTP ${status} ${body}` });
  });

  test('is not left for another place', async () => {
    const elsewhere = await serve(inOrder({ status: 200 }));
    const { delivery } = await post({ status: 302, headers: { location: elsewhere.url } });
    expect(delivery).toMatchObject({
      delivered: false,
      retry: false,
      reason: 'rejected',
      detail: 'HTTP 302',
    });
    expect(elsewhere.requests).toEqual([]);
  });

  test.each([
    'http://example.com/hook',
    'ftp://127.0.0.1/hook',
    'https://user:word@example.com/',
    'hooks.slack.com',
    '',
  ])('%j is not an address to post to', async (value) => {
    const clock = fakeClock();
    const refuse: typeof fetch = () => Promise.reject(new Error('asked'));
    const ports = {
      clock,
      fetch: refuse,
      deadline: clock.now() + 1000,
      credentials: () => () => Promise.reject(new Error()),
      resolve: async () => ({ value }),
    };
    expect(await slack('ssm:/hook').send(message(), ports)).toMatchObject({
      reason: 'unresolved',
      retry: false,
    });
  });
});

interface Sent {
  readonly text: string;
  readonly blocks: readonly {
    readonly type: string;
    readonly text?: { readonly type: string; readonly text: string; readonly verbatim?: boolean };
    readonly elements?: readonly {
      readonly type: string;
      readonly text: string;
      readonly verbatim?: boolean;
    }[];
  }[];
}

const textsOf = ({ blocks }: Sent) =>
  blocks.flatMap(({ text, elements }) => [...(text ? [text] : []), ...(elements ?? [])]);

function withinLimits(payload: Sent): void {
  expect(payload.blocks.length).toBeLessThanOrEqual(50);
  expect(JSON.stringify(payload.blocks).length).toBeLessThanOrEqual(12_000);
  for (const { type, text } of payload.blocks) {
    if (type === 'header') expect(text?.text.length).toBeLessThanOrEqual(150);
  }
  for (const { text } of textsOf(payload)) {
    expect(text.length).toBeLessThanOrEqual(3000);
    expect(text.trim()).not.toBe('');
  }
}

/** What Slack reads as markup: everything but our own links, outside and inside code. */
function hostileIn(payload: Sent): string[] {
  return textsOf(payload)
    .map(({ text }) => text.replaceAll(/<https:\/\/wiki\.example\.com[^<>|]*\|runbook>/g, ''))
    .filter((text) => /[<>]/.test(text) || /&(?!(?:amp|lt|gt);)/.test(text));
}

describe('the blocks', () => {
  test('what is failing, for a telephone', () => {
    const { text, blocks } = slackPayload(message()) as Sent;
    expect(text).toBe('prod-eu: canary failing (amp)');
    expect(blocks.map(({ type }) => type)).toEqual(['header', 'section', 'section', 'context']);
    expect(blocks[2]?.text?.text).toBe(
      [
        '`canary` (amp)',
        'silent since 2026-11-20 11:45:40Z, for 14m 20s',
        '• `fresh job=kubernetes-pods`',
        '   observed `newest sample 14m 20s old`',
        '   expected `newest sample at most 4m old`',
        '<https://wiki.example/adot|runbook>',
        'ask `max by (job) (timestamp(m))`',
      ].join('\n'),
    );
  });

  test.each([
    '<!channel>',
    '<@U0000>',
    '<https://evil.example|click>',
    '`*bold*` _it_ ~no~',
    ':tada: & &amp; &lt;',
  ])('%s is only text', (text) => {
    const payload = slackPayload(messageSaying(text)) as Sent;
    withinLimits(payload);
    expect(hostileIn(payload)).toEqual([]);
    for (const block of textsOf(payload)) {
      if (block.type !== 'mrkdwn') continue;
      expect(block.verbatim).toBe(true);
      const outsideCode = block.text.replaceAll(/`[^`\n]*`/g, '');
      expect(outsideCode).not.toContain('`');
      expect(outsideCode).not.toMatch(/channel|U0000|evil|bold|_it_|:tada:/);
    }
  });

  test('any text is within the limits, and is only text', () => {
    const text = fc.oneof(
      fc.string({ maxLength: 2000 }),
      fc.string({ unit: 'binary', maxLength: 400 }),
      fc.string({ unit: fc.constantFrom('&', '<', '>', '`'), minLength: 1, maxLength: 2000 }),
    );
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 200 }), (said, signals) => {
        const payload = slackPayload(messageSaying(said, signals)) as Sent;
        withinLimits(payload);
        expect(hostileIn(payload)).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });
});
