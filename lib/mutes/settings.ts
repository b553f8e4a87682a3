import * as z from 'zod/mini';
import { name } from '../config/texts.ts';
import { about, always, duration } from '../config/values.ts';
import { cronProblem } from './cron.ts';
import { isTimeZone, momentsOf, readTime, spanOf } from './time.ts';

/** The zone of times and crons that name none. */
export const DEFAULT_TIME_ZONE = 'UTC';

const MOST_REASON = 200;
const NOT_A_REASON = `is not a reason; write 1 to ${MOST_REASON} characters without line breaks, such as weekly maintenance`;

/** Whether a text can stand in a message as the reason of a mute. */
export function isReason(text: string): boolean {
  return /^\S(?:.*\S)?$/u.test(text) && !/[\p{Cc}\p{Cs}]/u.test(text) && text.length <= MOST_REASON;
}

const NOT_A_TIME =
  'is not a time; write one such as 2026-11-20T22:00, in timeZone, or with its offset: 2026-11-20T22:00+01:00';

const time = z.string({ error: NOT_A_TIME }).check(
  z.refine((text) => readTime(text) !== undefined, { error: NOT_A_TIME }),
  z.meta({ pattern: '^[12]\\d{3}-\\d\\d-\\d\\dT\\d\\d:\\d\\d(?::\\d\\d)?(?:Z|[+-]\\d\\d:\\d\\d)?$' }),
);

const wordsOfCron = ({ input }: { readonly input?: unknown }): string =>
  cronProblem(typeof input === 'string' ? input : '') ?? '';

const cron = z.string({ error: wordsOfCron }).check(
  z.refine((text) => cronProblem(text) === undefined, { error: wordsOfCron }),
  z.meta({ pattern: '^[ \\t]*[0-9A-Za-z*/,-]+(?:[ \\t]+[0-9A-Za-z*/,-]+){4}[ \\t]*$' }),
);

const NOT_A_ZONE = 'is not a time zone; write its name, such as Europe/Berlin or UTC';

const timeZone = z
  .string({ error: NOT_A_ZONE })
  .check(z.refine(isTimeZone, { error: NOT_A_ZONE }), z.meta({ pattern: '^[A-Za-z][A-Za-z0-9_+/-]*$' }));

const reason = z
  .string({ error: NOT_A_REASON })
  .check(
    z.refine(isReason, { error: NOT_A_REASON }),
    z.meta({ minLength: 1, maxLength: MOST_REASON, pattern: '^\\S(?:.*\\S)?$' }),
  );

/** Names of clusters or signals that something is limited to. */
export const names = z.array(name).check(
  z.minLength(1),
  z.refine((listed) => new Set(listed).size === listed.length, { error: 'lists a name twice; keep one' }),
  z.meta({ uniqueItems: true }),
);

const has = (mute: object, ...keys: readonly string[]) => keys.some((key) => key in mute);
const needs = (key: string, other: string, error: string) =>
  always((mute) => !has(mute, other) || has(mute, key) || isMixed(mute), error, [key]);
const isMixed = (mute: object) => has(mute, 'cron', 'for') && has(mute, 'from', 'until');

const SKIPPED =
  'does not exist in timeZone, whose clocks skip it; write the time that they show then, mostly an hour later';
const IDLE_ZONE = 'has no effect on times that say their offset; remove it, or the offsets';

/** What a mute has under a key that may still be faulty. */
function textOf(mute: object, key: string): string {
  const value: unknown = Object.entries(mute).find(([name]) => name === key)?.[1];
  return typeof value === 'string' ? value : '';
}

function zoneOf(mute: object): string | undefined {
  const zone = has(mute, 'timeZone') ? textOf(mute, 'timeZone') : DEFAULT_TIME_ZONE;
  return isTimeZone(zone) ? zone : undefined;
}

function isSkipped(mute: object, key: 'from' | 'until'): boolean {
  const [zone, text] = [zoneOf(mute), textOf(mute, key)];
  return zone !== undefined && readTime(text) !== undefined && momentsOf(text, zone).length === 0;
}

function endsBeforeItBegins(mute: object): boolean {
  const zone = zoneOf(mute);
  const span = zone && spanOf(textOf(mute, 'from'), textOf(mute, 'until'), zone);
  return span ? span.until <= span.from : false;
}

function hasIdleZone(mute: object): boolean {
  const offsets = (['from', 'until'] as const).map((key) => readTime(textOf(mute, key))?.offset);
  return has(mute, 'timeZone') && !has(mute, 'cron') && offsets.every((offset) => offset !== undefined);
}

/** One item of `alerts.mutes`: what is muted, when, and why. */
export const muteSettings = z
  .strictObject({
    clusters: about(z.optional(names), 'Only these clusters. Default: all.'),
    signals: about(z.optional(names), 'Only signals of these names. Default: all.'),
    cron: about(
      z.optional(cron),
      'When it begins, again and again: minute, hour, day, month and weekday, as cron has them.',
    ),
    for: about(z.optional(duration), 'How long it lasts each time.'),
    from: about(z.optional(time), 'When it begins, once: local in timeZone, or with an offset.'),
    until: about(z.optional(time), 'When it is over.'),
    timeZone: about(z.optional(timeZone), 'The time zone of cron, from and until. Default UTC.'),
    reason: about(reason, 'Why; told with what was held back.'),
  })
  .check(
    always(
      (mute) => has(mute, 'cron', 'for', 'from', 'until'),
      'does not say when; write cron: … with for: …, or from: … with until: …',
    ),
    always((mute) => !isMixed(mute), 'says twice when; keep cron: … with for: …, or from: … with until: …'),
    needs('for', 'cron', 'is missing; write how long the mute lasts each time, such as for: 8h'),
    needs('cron', 'for', 'is missing; write when the mute begins, such as cron: 0 22 * * fri'),
    needs('until', 'from', 'is missing; write when the mute is over, such as until: 2026-11-21T06:00'),
    needs('from', 'until', 'is missing; write when the mute begins, such as from: 2026-11-20T22:00'),
    ...(['from', 'until'] as const).map((key) => always((mute) => !isSkipped(mute, key), SKIPPED, [key])),
    always((mute) => !endsBeforeItBegins(mute), 'is not after from; write a later time', ['until']),
    always((mute) => !hasIdleZone(mute), IDLE_ZONE, ['timeZone']),
    z.meta({
      oneOf: [
        { required: ['cron', 'for'], not: { anyOf: [{ required: ['from'] }, { required: ['until'] }] } },
        { required: ['from', 'until'], not: { anyOf: [{ required: ['cron'] }, { required: ['for'] }] } },
      ],
    }),
  );

export type MuteSettings = z.output<typeof muteSettings>;
