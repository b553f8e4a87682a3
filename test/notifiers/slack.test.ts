import { describe, expect, test } from 'vitest';
import { slack } from '../../lib/notifiers/slack.ts';
import { slackPayload } from '../../lib/notifiers/slack-blocks.ts';
import { inOrder, serve } from '../support/http.ts';
import { expectOnlyText } from './chat.ts';
import { type Canned, notifierContract, sendTo, type Subject } from './contract.ts';
import { blind, entry, message, messageSaying, recovered, storm } from './messages.ts';

const PATH = '/services/T000/B000/XXXX';
const WORDS: Readonly<Record<number, string>> = {
  400: 'invalid_payload',
  403: 'action_prohibited',
  404: 'no_service',
};

interface Text {
  readonly type: string;
  readonly text: string;
  readonly verbatim?: boolean;
}

interface Sent {
  readonly text: string;
  readonly blocks: readonly {
    readonly type: string;
    readonly text?: Text;
    readonly elements?: readonly Text[];
  }[];
}

const textsOf = ({ blocks }: Sent) =>
  blocks.flatMap(({ text, elements }) => [...(text ? [text] : []), ...(elements ?? [])]);

/** Limits of Block Kit, and that nothing from outside is read as markup. */
function judge(rendering: string): void {
  const payload = JSON.parse(rendering) as Sent;
  expect(payload.blocks.length).toBeLessThanOrEqual(50);
  expect(JSON.stringify(payload.blocks).length).toBeLessThanOrEqual(12_000);
  expect(payload.text).not.toMatch(/[<>]/);
  for (const { type, text } of payload.blocks) {
    if (type === 'header') expect(text?.text.length).toBeLessThanOrEqual(150);
  }
  for (const { type, text, verbatim } of textsOf(payload)) {
    expect(text.length).toBeLessThanOrEqual(3000);
    expect(text).not.toBe('');
    if (type !== 'mrkdwn') continue;
    expect(verbatim).toBe(true);
    expectOnlyText(text, /<https?:\/\/[^<>|\s]+\|(?:console|runbook)>/g);
  }
}

const subject: Subject = {
  accepted: { status: 200, body: 'ok' },
  refused: (status, echo) => ({ status, body: echo ?? WORDS[status] ?? 'rate_limited' }),
  open: (url) => ({ send: slack('ssm:/hook'), resolve: async () => ({ value: `${url}${PATH}` }) }),
  secrets: ['XXXX', 'B000', '/services'],
  textOf: ({ body }) => body,
  rendered: (what) => [JSON.stringify(slackPayload(what))],
  judge,
};

notifierContract(subject);

const post = (...answers: readonly Canned[]) => sendTo(subject, inOrder(...answers));

describe('the webhook', () => {
  test.each(['ok', '{"ok":true}', '{ "success": true }'])('%s is a delivery', async (body) => {
    expect(await post({ status: 200, body })).toMatchObject({ delivery: { delivered: true } });
  });

  test.each(['', '<html><title>Sign in</title>', '{"ok":false}', 'ok, and more'])(
    '200 with %j is none: something else answers there',
    async (body) => {
      expect(await post({ status: 200, body })).toMatchObject({
        delivery: {
          delivered: false,
          retry: true,
          reason: 'rejected',
          detail: expect.stringMatching(/^HTTP 200, but/) as string,
        },
      });
    },
  );

  test('is waited for as long as it asks, inside the deadline', async () => {
    const busy = (seconds: string) => ({ status: 429, headers: { 'retry-after': seconds } });
    expect(await post(busy('7'), subject.accepted)).toMatchObject({
      delivery: { delivered: true },
      slept: [7000],
    });
    expect(await post(busy('61'))).toMatchObject({
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
    const refuse: typeof fetch = () => Promise.reject(new Error('asked'));
    const resolve = async () => ({ value });
    const { delivery } = await sendTo(subject, () => {}, message(), { fetch: refuse, resolve });
    expect(delivery).toMatchObject({ reason: 'unresolved', retry: false });
  });
});

describe('the blocks', () => {
  const shown = (what = message()) =>
    (slackPayload(what) as Sent).blocks.map(({ type, text, elements = [] }) => [
      type,
      text?.text ?? elements.map((element) => element.text).join(),
    ]);

  test('an incident, for a telephone', () => {
    expect(slackPayload(message()).text).toBe('prod-eu: canary failing (amp)');
    expect(shown()).toEqual([
      ['header', 'prod-eu: canary failing (amp)'],
      ['section', '*critical, new incident, checked 2026-11-20 12:00:00Z*'],
      [
        'section',
        'Nothing new arrives, since 2026-11-20 11:45:40Z (14m 20s).\nStill arriving: 1 of 2 on amp, cloudwatch entirely (1).',
      ],
      [
        'section',
        [
          '`canary` (amp): failing in 2 of 2 runs',
          'silent since 2026-11-20 11:45:40Z, for 14m 20s',
          '• `fresh job=kubernetes-pods`',
          '   observed `newest sample 14m 20s old`',
          '   expected `newest sample at most 4m old`',
          '<https://eu-west-1.console.aws.amazon.com/cloudwatch/home?region=eu-west-1|console>',
          '<https://wiki.example/adot|runbook>',
          'ask `max by (job) (timestamp(m))`',
        ].join('\n'),
      ],
      ['context', 'Ok: `slow-jobs, collector-emf`'],
    ]);
  });

  test('new findings are marked', () => {
    const [finding] = entry().findings;
    const findings = finding ? [{ ...finding, isNew: true }] : [];
    expect(shown(message({ entries: [entry({ findings, moreFindings: 2 })] })).join('\n')).toMatch(
      /• \*new\* `fresh job=kubernetes-pods`[^•]*• and 2 more findings/,
    );
  });

  test('a recovery reads well', () => {
    expect(shown(recovered())).toEqual([
      ['header', 'prod-eu: 3 signals recovered (amp)'],
      ['section', '*recovered (was critical), checked 2026-11-20 12:00:00Z*'],
      ['section', 'All 4 signals are ok.'],
      ['section', 'Recovered: `canary, slow-jobs, apiservers`\nok in 2 of 2 runs, after 35m'],
      ['context', 'Ok: `canary, slow-jobs, apiservers, collector-emf`'],
    ]);
  });

  test('blindness says why', () => {
    expect(shown(blind())[2]).toEqual([
      'section',
      'Could not look at `canary, slow-jobs`: unobserved in 3 of 3 runs\n*denied* `HTTP 403 AccessDeniedException: not authorized to perform aps:QueryMetrics`',
    ]);
  });

  test('a storm names the clusters that are not written out', () => {
    expect(shown(storm(12))).toContainEqual(['section', 'Also failing clusters: `prod-10, prod-11`']);
  });

  test.each(['m{job=`a`}', 'm\n{}', ' '])(
    '%j could not be asked as it is shown, and is left out',
    (question) => {
      expect(shown(message({ entries: [entry({ question })] })).join()).not.toContain('ask');
      const whole = entry({ question: 'm{job="<a>"} > 1' });
      expect(shown(message({ entries: [whole] })).join()).toContain('ask `m{job="&lt;a&gt;"} &gt; 1`');
    },
  );

  test.each([
    'javascript:alert(1)',
    'https://me:word@wiki.example',
    'wiki',
    `https://wiki.example/${'x'.repeat(2000)}`,
  ])('%.40j makes no link', (runbook) => {
    expect(shown(message({ entries: [entry({ runbook })] })).join()).not.toContain('|runbook>');
  });

  test('a link ends where it should', () => {
    const runbook = 'https://wiki.example/?a=1&b=<2>|3';
    expect(shown(message({ entries: [entry({ runbook })] })).join()).toContain(
      '<https://wiki.example/?a=1&amp;b=%3C2%3E%7C3|runbook>',
    );
  });

  test('steps have room beside long findings', () => {
    const [finding] = entry().findings;
    const long = {
      ...finding,
      subject: 'x'.repeat(900),
      observed: 'y'.repeat(900),
      expected: 'z'.repeat(900),
    };
    const findings = [long, long, long, long, long, long] as ReturnType<typeof entry>['findings'];
    expect(shown(message({ entries: [entry({ findings })] }))[3]?.[1]).toContain('ask `max by');
    expect(slackPayload(messageSaying('x'.repeat(600))).blocks.length).toBeGreaterThan(5);
  });
});
