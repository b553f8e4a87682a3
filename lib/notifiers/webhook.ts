import { createHmac } from 'node:crypto';
import { digest } from '../incidents/identity.ts';
import type { Message } from '../message.ts';
import { postable } from './address.ts';
import { fitting } from './fit.ts';
import { deliver, resolved, type Send } from './notifier.ts';
import { jsonOf, post } from './post.ts';
import { shortened } from './wording.ts';

/** The version of the body; one that adds fields stays. */
const VERSION = 1;
const MOST_BYTES = 256 * 1024;
/** No text or address of a message is longer, but for what is hostile. */
const LONGEST_TEXT = 4000;
/** How long lists of names may be, tried in this order. */
const NAMES = [1000, 100];

/** Any receiver of JSON, signed as Standard Webhooks has it: over the id, the time and the body. */
export function webhook(target: string, secretReference: string): Send {
  return (message, ports) =>
    deliver(async (signal) => {
      const url = await resolved(target, { name: 'an https URL', fit: postable }, ports, signal);
      if ('delivered' in url) return url;
      const secret = await resolved(
        secretReference,
        { name: 'a secret: whsec_ and base64, or a text', fit: secretOf },
        ports,
        signal,
      );
      if ('delivered' in secret) return secret;
      const body = webhookBody(message);
      const headers = signed(message.id, body, secret.value, ports.clock.now());
      return post({ url: url.value, headers, body }, ports, signal);
    }, ports);
}

function secretOf(text: string): Buffer | undefined {
  const encoded = /^whsec_(.*)$/s.exec(text)?.[1];
  if (encoded === undefined) return Buffer.from(text);
  return /^[A-Za-z0-9+/]+={0,2}$/.test(encoded) ? Buffer.from(encoded, 'base64') : undefined;
}

/** The three headers; `now` is in milliseconds since the epoch. */
function signed(id: string, body: string, secret: Buffer, now: number): Record<string, string> {
  const safeId = /^[\w-]{1,128}$/.test(id) ? id : digest(id);
  const timestamp = Math.floor(now / 1000);
  const signature = createHmac('sha256', secret).update(`${safeId}.${timestamp}.${body}`).digest('base64');
  return {
    'webhook-id': safeId,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': `v1,${signature}`,
  };
}

/** The message as JSON of at most 256 KiB: whole entries are left out and only named, then names. */
export function webhookBody(message: Message): string {
  for (const most of NAMES) {
    const render = (count: number) => encoded(listed(shortened(message, count), most), LONGEST_TEXT);
    if (fits(render(0))) return fitting(message.entries.length, render, fits);
  }
  return encoded(listed(shortened(message, 0), 10), 300);
}

function fits(body: string): boolean {
  return Buffer.byteLength(body) <= MOST_BYTES;
}

function listed(message: Message, most: number): Message {
  const { clusters, story, changes, others, blind, over, ok, incidents } = message;
  return {
    ...message,
    clusters: clusters.slice(0, most),
    story: story.slice(0, most),
    changes: changes.slice(0, most),
    others: others.slice(0, most),
    blind: blind.slice(0, most),
    over: over.slice(0, most),
    ok: ok.slice(0, most),
    incidents: incidents.slice(0, most),
  };
}

function encoded(message: Message, longestText: number): string {
  const body = {
    version: VERSION,
    type: `plumbline.${message.reason}`,
    timestamp: message.checkedAt,
    data: message,
  };
  return jsonOf(body, longestText);
}
