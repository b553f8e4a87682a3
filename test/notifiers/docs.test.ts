import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { sampleMessage } from '../../lib/notifiers/sample.ts';
import { webhook, webhookBody } from '../../lib/notifiers/webhook.ts';
import { inOrder } from '../support/http.ts';
import { sendTo } from './contract.ts';

const page = readFileSync(new URL('../../docs/alerts.md', import.meta.url), 'utf8');
const block = (language: string) => new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``).exec(page)?.[1] ?? '';

type IsFromPlumbline = (
  headers: Readonly<Record<string, unknown>>,
  body: string,
  secret: string,
  now?: number,
) => boolean;

test('what is shown as the webhook’s body is what is sent', () => {
  const sent = webhookBody(sampleMessage(Date.parse('2026-11-20T12:00:00Z')));
  expect(JSON.parse(block('json'))).toEqual(JSON.parse(sent));
});

test.each(['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'any text'])(
  'receivers that check as is shown know what is ours: %s',
  async (secret) => {
    const code = `data:text/javascript,${encodeURIComponent(block('js'))}`;
    const { isFromPlumbline } = (await import(/* @vite-ignore */ code)) as {
      isFromPlumbline: IsFromPlumbline;
    };
    const open = (url: string) => ({
      send: webhook('ssm:/url', 'ssm:/secret'),
      resolve: async (reference: string) => ({ value: reference === 'ssm:/url' ? url : secret }),
    });
    const { requests } = await sendTo({ open }, inOrder({ status: 200 }));
    const { headers = {}, body = '' } = requests[0] ?? {};
    expect(isFromPlumbline(headers, body, secret)).toBe(true);
    expect(isFromPlumbline(headers, `${body} `, secret)).toBe(false);
    expect(isFromPlumbline(headers, body, 'another')).toBe(false);
    expect(isFromPlumbline(headers, body, secret, Date.now() + 600_000)).toBe(false);
    expect(isFromPlumbline({ ...headers, 'webhook-timestamp': 'x' }, body, secret)).toBe(false);
    expect(isFromPlumbline({}, body, secret)).toBe(false);
  },
);
