import { afterEach, describe, expect, test } from 'vitest';
import type { Message } from '../../lib/message.ts';
import { chatopsText } from '../../lib/notifiers/chatops.ts';
import { publication, sns } from '../../lib/notifiers/sns.ts';
import { expectOnlyText } from './chat.ts';
import { CREDENTIALS, notifierContract } from './contract.ts';
import { entry, message, recovered, storm } from './messages.ts';
import { judgeEnvelope, leaveEndpoint, pointAt, PUBLISHED, refused, TOPIC } from './sns-service.ts';

interface Notification {
  readonly version: string;
  readonly source: string;
  readonly id: string;
  readonly content: {
    readonly textType: string;
    readonly title: string;
    readonly description: string;
    readonly nextSteps?: readonly string[];
    readonly keywords: readonly string[];
  };
  readonly metadata: {
    readonly threadId: string;
    readonly summary: string;
    readonly eventType: string;
    readonly relatedResources: readonly string[];
    readonly additionalContext: Readonly<Record<string, string>>;
  };
}

const notification = (what: Message) => JSON.parse(chatopsText(what)) as Notification;

const LINKS = /(?:console|runbook) <https?:\/\/[^<>|\s]+>/g;

/** The schema and its limits, and that no chat reads what was said as its own. */
function judge(rendering: string): void {
  judgeEnvelope(rendering);
  const { version, source, content, metadata } = JSON.parse(
    (JSON.parse(rendering) as { Message: string }).Message,
  ) as Notification;
  expect([version, source, content.textType]).toEqual(['1.0', 'custom', 'client-markdown']);
  const { title, description, nextSteps = [], keywords } = content;
  expect(title.length).toBeLessThanOrEqual(250);
  expect(description.length).toBeLessThanOrEqual(8000);
  expect(description.trim()).not.toBe('');
  for (const step of nextSteps) expect(step.length).toBeLessThanOrEqual(350);
  for (const keyword of keywords) expect(keyword).toMatch(/^[\p{L}\p{N}_-]{1,75}$/u);
  for (const resource of metadata.relatedResources) expect(resource).toMatch(/^[\p{L}\p{N}_-]{1,75}$/u);
  expect(metadata.threadId).toMatch(/^[\w-]{22}$/);
  for (const text of [title, description, metadata.summary, ...nextSteps]) {
    expectOnlyText(text, LINKS);
    const withoutLinks = text.replaceAll(LINKS, '');
    expect(withoutLinks).not.toMatch(/[@#][^\s`]|:\/\//);
  }
}

notifierContract({
  accepted: { status: 200, body: PUBLISHED },
  refused: (status, echo) => refused(status, undefined, echo),
  open: (url) => {
    pointAt(url)();
    return { send: sns(TOPIC, 'chatops'), resolve: async () => ({ value: TOPIC }) };
  },
  secrets: [CREDENTIALS.secretAccessKey, CREDENTIALS.sessionToken],
  textOf: ({ form }) => form.get('Message') ?? '',
  rendered: (what) => [JSON.stringify(publication(what, 'chatops'))],
  judge,
});

afterEach(leaveEndpoint);

describe('the custom notification', () => {
  test('an incident, for a chat', () => {
    expect(notification(message())).toEqual({
      version: '1.0',
      source: 'custom',
      id: message().id,
      content: {
        textType: 'client-markdown',
        title: '`prod-eu: canary failing (amp)`',
        description: [
          '*critical, new incident, checked 2026-11-20 12:00:00Z*',
          '',
          'Nothing new arrives, since 2026-11-20 11:45:40Z (14m 20s).',
          'Still arriving: 1 of 2 on amp, cloudwatch entirely (1).',
          '',
          '`canary` (amp): failing in 2 of 2 runs',
          'silent since 2026-11-20 11:45:40Z, for 14m 20s',
          '• `fresh job=kubernetes-pods`',
          '   observed `newest sample 14m 20s old`',
          '   expected `newest sample at most 4m old`',
          '',
          'Ok: `slow-jobs, collector-emf`',
        ].join('\n'),
        nextSteps: [
          'console <https://eu-west-1.console.aws.amazon.com/cloudwatch/home?region=eu-west-1>',
          'runbook <https://wiki.example/adot>',
          'ask `max by (job) (timestamp(m))`',
        ],
        keywords: ['prod-eu', 'critical', 'opened'],
      },
      metadata: {
        threadId: expect.stringMatching(/^[\w-]{22}$/) as string,
        summary: '`prod-eu: canary failing (amp)`',
        eventType: 'plumbline-opened',
        relatedResources: ['prod-eu'],
        additionalContext: { cluster: 'prod-eu', severity: 'critical', reason: 'opened' },
      },
    });
  });

  test('an incident is one thread, from its opening to its end', () => {
    const { threadId } = notification(message()).metadata;
    expect(notification(recovered()).metadata.threadId).toBe(threadId);
    expect(notification(storm(12)).metadata.threadId).not.toBe(threadId);
  });

  test('what is told of several incidents at once is in the thread of the first', () => {
    const thread = (...incidents: Message['incidents']) =>
      notification(message({ incidents })).metadata.threadId;
    const [first] = message().incidents;
    if (!first) throw new Error('a message about no incident');
    const second = { ...first, key: 'prod-eu/2026-11-20T13:00:00.000Z' };
    expect(thread(first, second)).toBe(thread(first));
    expect(thread(second)).not.toBe(thread(first));
    expect(thread({ ...second, isOver: true })).toBe(thread(second));
  });

  test('what does not fit into a step stands with its signal', () => {
    const console = `https://console.example/#${'x'.repeat(400)}`;
    const { nextSteps, description } = notification(message({ entries: [entry({ console })] })).content;
    expect(nextSteps).toHaveLength(2);
    expect(description).toContain(`console <${console}>`);
  });

  test('the second signal keeps its own steps', () => {
    const second = entry({ name: 'slow', question: 'max(timestamp(slow))' });
    const { description } = notification(message({ entries: [entry(), second] })).content;
    expect(description).toContain('ask `max(timestamp(slow))`');
    expect(description).not.toContain('max by');
  });

  test.each(['@', '#'])('%s that a cut leaves before the dots has no meaning either', (mark) => {
    const title = `${'x'.repeat(246)}${mark} ${'y'.repeat(50)}`;
    expect(notification(message({ title })).content.title.slice(245)).toMatch(/^xx[＠＃]…`$/);
  });

  test('mentions and addresses lose their meaning, and what would not be true any more is left out', () => {
    const entries = [entry({ name: '@here #general http://evil.example', question: 'm{url="http://x"}' })];
    const { description, nextSteps } = notification(message({ entries })).content;
    expect(description).toContain('`＠here ＃general http:／/evil.example` (amp)');
    expect(nextSteps?.join()).not.toContain('ask');
    const ticks = notification(message({ entries: [entry({ question: 'm{job=`a`}' })] })).content;
    expect(ticks.nextSteps?.join()).not.toContain('ask');
    expect(ticks.description).not.toContain('ask');
  });
});
