import { instant } from '../instant.ts';

const TIME = /^([12]\d{3})-(\d\d)-(\d\d)T(\d\d):(\d\d)(?::(\d\d))?(Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)?$/;
const DAY_MS = 24 * 3600_000;
const LAST_DATE_MS = Date.UTC(9999, 11, 31);

/** A time as users write it. */
interface Written {
  /** What the clock on the wall shows, as if it were UTC. Milliseconds since the epoch. */
  readonly wall: number;
  /** What it says of its distance to UTC, in milliseconds; undefined for a local time. */
  readonly offset: number | undefined;
}

/** `2026-11-20T22:00`, with or without seconds and `Z` or `+01:00`; undefined for anything else and for no date. */
export function readTime(text: string): Written | undefined {
  const [, year, month, day, hour, minute, second, zone] = TIME.exec(text) ?? [];
  const [h, m, s] = [Number(hour), Number(minute), Number(second ?? 0)];
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  if (Number.isNaN(date.getTime()) || h > 23 || m > 59 || s > 59) return undefined;
  // The 31st of a shorter month is taken for a day of the next.
  if (date.getUTCDate() !== Number(day) || date.getUTCMonth() !== Number(month) - 1) return undefined;
  return {
    wall: date.getTime() + 1000 * (3600 * h + 60 * m + s),
    offset: zone === undefined ? undefined : offsetOf(zone),
  };
}

function offsetOf(zone: string): number {
  if (zone === 'Z') return 0;
  const minutes = 60 * Number(zone.slice(1, 3)) + Number(zone.slice(4));
  return (zone.startsWith('-') ? -minutes : minutes) * 60_000;
}

/**
 * The moments, in milliseconds since the epoch, that a time stands for in the zone: one; none where the clocks skip it in
 * spring; both where they repeat it in autumn, the earlier first. None for what is no time.
 */
export function momentsOf(text: string, timeZone: string): readonly number[] {
  const time = readTime(text);
  if (!time) return [];
  const { wall, offset } = time;
  if (offset !== undefined) return [wall - offset];
  const shown = clockOf(timeZone);
  const offsets = new Set([wall - DAY_MS, wall + DAY_MS].map((moment) => shown(moment) - moment));
  return [...offsets]
    .map((candidate) => wall - candidate)
    .filter((moment) => shown(moment) === wall)
    .sort((a, b) => a - b);
}

/** From a moment, and up to but without another. Milliseconds since the epoch. */
export interface Span {
  readonly from: number;
  readonly until: number;
}

/** The longest span that two times, as users write them, stand for; undefined where one of them stands for no moment. */
export function spanOf(from: string, until: string, timeZone: string): Span | undefined {
  const [first, last] = [momentsOf(from, timeZone).at(0), momentsOf(until, timeZone).at(-1)];
  return first === undefined || last === undefined ? undefined : { from: first, until: last };
}

/** A moment for people, in UTC; what lies outside of the years 1970 to 9999, as only a damaged store has it, is their edge. */
export function momentText(moment: number): string {
  return instant(Math.min(Math.max(moment, 0), LAST_DATE_MS));
}

/** Whether the name is one of the IANA database, such as Europe/Berlin. */
export function isTimeZone(name: string): boolean {
  try {
    // Offsets, which newer engines take too, know no summer time.
    return /^[A-Za-z]/.test(name) && clockOf(name) !== undefined;
  } catch {
    return false;
  }
}

/** What a clock in the zone shows at a moment, as if it were UTC. Throws for an unknown zone. */
function clockOf(timeZone: string): (moment: number) => number {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  return (moment) => {
    const parts = new Map(format.formatToParts(moment).map(({ type, value }) => [type, Number(value)]));
    const of = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? 0;
    return Date.UTC(of('year'), of('month') - 1, of('day'), of('hour'), of('minute'), of('second'));
  };
}
