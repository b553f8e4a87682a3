import { type Entry, type IncidentState, type Message, named } from '../message.ts';
import { webAddress } from '../web-address.ts';
import { fitting } from './fit.ts';
import { plainText } from './plain-text.ts';
import { shortened } from './wording.ts';

/** PagerDuty takes events of up to 512 KB, and summaries of up to 1,024 characters. */
const MOST_TEXT_BYTES = 64 * 1024;
const MOST_FINDINGS_CHARACTERS = 64 * 1024;
const LONGEST_SUMMARY = 1024;
/** Not said; more than people read. */
const LONGEST_FIELD = 250;
const MOST_LINKS = 20;

/** What PagerDuty is told of one incident, but for the key of the integration. */
export interface PagerdutyEvent {
  readonly event_action: 'trigger' | 'resolve';
  readonly dedup_key: string;
  readonly client?: string;
  readonly payload?: {
    readonly summary: string;
    readonly source: string;
    readonly severity: 'critical' | 'warning' | 'info';
    readonly timestamp: string;
    readonly component: string;
    readonly group: string;
    readonly class: string;
    readonly custom_details: Readonly<Record<string, unknown>>;
  };
  readonly links?: readonly { readonly href: string; readonly text: string }[];
}

export function resolveEvent(key: string): PagerdutyEvent {
  return { event_action: 'resolve', dedup_key: key };
}

/** Opens the incident, or adds what is new to the log of the open one. */
export function triggerEvent(key: string, message: Message, incident: IncidentState): PagerdutyEvent {
  const { clusters, entries, reason, checkedAt } = message;
  const where = named(clusters, 10);
  return {
    event_action: 'trigger',
    dedup_key: key,
    client: 'Plumbline',
    payload: {
      summary: within(incident.summary || message.title, LONGEST_SUMMARY),
      source: within(where, LONGEST_FIELD),
      severity: reason === 'test' ? 'info' : incident.severity,
      timestamp: checkedAt,
      component: within(entries[0]?.name ?? message.blind[0]?.signals ?? where, LONGEST_FIELD),
      group: within(where, LONGEST_FIELD),
      class: within(entries[0]?.findings[0]?.expectation ?? reason, LONGEST_FIELD),
      custom_details: { text: plainText(message, MOST_TEXT_BYTES), findings: findingsOf(message) },
    },
    links: entries.flatMap(linksOf).slice(0, MOST_LINKS),
  };
}

/** For rules of PagerDuty's that look into details: by signal, whole signals only. */
function findingsOf(message: Message): unknown {
  return fitting(
    message.entries.length,
    (count) =>
      shortened(message, count).entries.map(({ name, since, findings }) => ({
        signal: name,
        since: since?.at ?? null,
        findings: findings.map(({ expectation, subject, observed, expected }) => ({
          expectation,
          subject,
          observed,
          expected,
        })),
      })),
    (rendered) => JSON.stringify(rendered).length <= MOST_FINDINGS_CHARACTERS,
  );
}

function linksOf({ name, console, runbook }: Entry): { href: string; text: string }[] {
  return [
    { address: console, text: `console: ${name}` },
    { address: runbook, text: `runbook: ${name}` },
  ].flatMap(({ address, text }) => {
    const href = address === null ? undefined : webAddress(address);
    return href === undefined ? [] : [{ href, text: within(text, LONGEST_FIELD) }];
  });
}

function within(text: string, limit: number): string {
  return text.length <= limit ? text : `${text.slice(0, limit - 1)}…`;
}
