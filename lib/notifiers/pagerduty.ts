import pLimit from 'p-limit';
import { digest } from '../incidents/identity.ts';
import { printable } from '../printable.ts';
import type { IncidentState, Message } from '../message.ts';
import { postable } from './address.ts';
import { masked } from './mask.ts';
import {
  type Attempt,
  deliver,
  type Delivery,
  type NotifierPorts,
  resolved,
  type Send,
  undelivered,
} from './notifier.ts';
import { type PagerdutyEvent, resolveEvent, triggerEvent } from './pagerduty-events.ts';
import { jsonOf, post } from './post.ts';

const ENDPOINT = 'https://events.pagerduty.com';
const PATH = '/v2/enqueue';
const KEY = /^[\w-]{32}$/;
const REQUESTS_IN_FLIGHT = 4;

/**
 * PagerDuty, by its Events API v2: every incident of the message is triggered, or resolved where it is over. Those that
 * were not taken make the message undelivered; sending all of them again is safe, since their keys stay.
 */
export function pagerduty(reference: string, endpoint = ENDPOINT): Send {
  return async (message, ports) => {
    const limit = pLimit(REQUESTS_IN_FLIGHT);
    const sent = await Promise.all(
      message.incidents.map((incident) =>
        limit(() => tell(eventsOf(message, incident), { reference, endpoint }, ports)),
      ),
    );
    return together(sent);
  };
}

/** In this order. A test is over as soon as it is told. */
function eventsOf(message: Message, incident: IncidentState): readonly PagerdutyEvent[] {
  const key = incident.key.length <= 255 ? incident.key : digest(incident.key);
  if (incident.isOver) return [resolveEvent(key)];
  const trigger = triggerEvent(key, message, incident);
  return message.reason === 'test' ? [trigger, resolveEvent(key)] : [trigger];
}

interface Target {
  readonly reference: string;
  readonly endpoint: string;
}

async function tell(events: readonly PagerdutyEvent[], to: Target, ports: NotifierPorts): Promise<Delivery> {
  for (const event of events) {
    const delivery = await deliver((signal) => enqueue(event, to, ports, signal), ports);
    if (!delivery.delivered) return delivery;
  }
  return { delivered: true };
}

async function enqueue(
  event: PagerdutyEvent,
  { reference, endpoint }: Target,
  ports: NotifierPorts,
  signal: AbortSignal,
): Promise<Attempt> {
  const key = await resolved(
    reference,
    { name: 'a routing key of 32 characters', fit: keyOf },
    ports,
    signal,
  );
  if ('delivered' in key) return key;
  const url = await resolved(endpoint, { name: 'the https URL of PagerDuty', fit: urlOf }, ports, signal);
  if ('delivered' in url) return url;
  const body = jsonOf({ routing_key: key.value, ...event });
  return post(
    { url: url.value, body, explain: (said) => errorsIn(said, key.value), isFrom: isPagerduty },
    ports,
    signal,
  );
}

function keyOf(text: string): string | undefined {
  return KEY.test(text) ? text : undefined;
}

function urlOf(text: string): URL | undefined {
  const base = text.replace(/\/+$/, '');
  return postable(base.endsWith(PATH) ? base : `${base}${PATH}`);
}

/** What takes events says so, or under which key; an empty answer or a page is somebody else's. */
function isPagerduty(body: string): boolean {
  return /"status"\s*:\s*"success"|"dedup_key"\s*:/.test(body);
}

/** What PagerDuty says is wrong with the event; whatever looks like a key is not told. */
function errorsIn(body: string, key: string): string {
  const said = /"errors"\s*:\s*\[([^\]]*)/.exec(body)?.[1] ?? '';
  return printable(masked(said, [key]).replaceAll('"', ''), 200);
}

/** What can be mended by sending again is told first. */
function together(sent: readonly Delivery[]): Delivery {
  const failed = sent.filter((delivery) => !delivery.delivered);
  const told = failed.find(({ retry }) => retry) ?? failed[0];
  if (!told) return { delivered: true };
  const which = sent.length === 1 ? '' : `${failed.length} of ${sent.length} incidents: `;
  return undelivered(told.reason, told.retry, `${which}${told.detail}`);
}
