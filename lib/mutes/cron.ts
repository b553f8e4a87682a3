import type { CronPattern } from 'croner';

interface Field {
  readonly least: number;
  readonly most: number;
  /** What may stand for `least`, `least + 1` and so on. */
  readonly names?: readonly string[];
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

const FIELDS: readonly Field[] = [
  { least: 0, most: 59 },
  { least: 0, most: 23 },
  { least: 1, most: 31 },
  { least: 1, most: 12, names: MONTHS },
  { least: 0, most: 7, names: WEEKDAYS },
];

const NOT_A_CRON =
  'is not a cron expression of five fields; write minute hour day month weekday, such as 0 22 * * fri or */30 2-4 1,15 * *';
const SIX_FIELDS =
  'has six fields; write five: leave the seconds out (the first one), or the year of EventBridge (the last one)';
const BACKWARDS =
  'has a range that ends before it begins; write it as two, such as 22-23,0-6 or sat-sun,mon-tue';

/**
 * Why a text is no cron expression as mutes take it, with a remedy: five fields of numbers, names, lists, ranges and
 * steps, and none of what only some crons know. Undefined where it is one.
 */
export function cronProblem(text: string): string | undefined {
  const fields = text.trim().split(/[ \t]+/);
  if (fields.length === 6) return SIX_FIELDS;
  if (fields.length !== FIELDS.length) return NOT_A_CRON;
  const [month = '', weekday = ''] = fields.slice(3);
  const long = longName(month, MONTHS, 'month') ?? longName(weekday, WEEKDAYS, 'weekday');
  if (long !== undefined) return long;
  const problems = FIELDS.flatMap((field, index) =>
    (fields[index] ?? '').split(',').map((part) => partProblem(part, field)),
  );
  return problems.find((problem) => problem === NOT_A_CRON) ?? problems.find((problem) => problem);
}

/** `friday` where names have three letters. */
function longName(field: string, names: readonly string[], what: string): string | undefined {
  const [long = ''] = /[a-z]{4,12}(?![a-z])/i.exec(field) ?? [];
  const name = long.slice(0, 3).toLowerCase();
  return names.includes(name) ? `has "${long}" where a ${what} has three letters; write ${name}` : undefined;
}

function partProblem(part: string, field: Field): string | undefined {
  const [range = '', step, ...more] = part.split('/');
  const [first = '', last, ...others] = range.split('-');
  if (more.length > 0 || others.length > 0) return NOT_A_CRON;
  const size = field.most - field.least + (field.names === WEEKDAYS ? 0 : 1);
  if (step !== undefined && !isNumber(step, 1, size)) return NOT_A_CRON;
  if (range === '*') return undefined;
  const [from, to] = [
    numberOf(first, field, false),
    last === undefined ? undefined : numberOf(last, field, true),
  ];
  if (from === undefined || (last === undefined ? step !== undefined : to === undefined)) return NOT_A_CRON;
  return to !== undefined && to < from ? BACKWARDS : undefined;
}

function numberOf(text: string, { least, most, names }: Field, endsRange: boolean): number | undefined {
  if (isNumber(text, least, most)) return Number(text);
  const index = names?.indexOf(text.toLowerCase()) ?? -1;
  if (index === -1) return undefined;
  return names === WEEKDAYS && endsRange && index === 0 ? 7 : least + index;
}

function isNumber(text: string, least: number, most: number): boolean {
  return /^\d{1,2}$/.test(text) && Number(text) >= least && Number(text) <= most;
}

/** How a cron's times follow each other, for the rules on configured mutes. */
export interface Crons {
  /**
   * `never` where no date fits the cron; `endless` where each time begins before the one before, lasting `forMs`
   * milliseconds, is over. Undefined where neither holds.
   */
  readonly oddity: (cron: string, forMs: number) => 'never' | 'endless' | undefined;
}

/** Opens the reader of crons, which configurations without any never load. */
export async function openCrons(): Promise<Crons> {
  const { CronPattern } = await import('croner');
  return {
    oddity: (cron, forMs) => {
      const pause = longestPause(new CronPattern(cron, undefined, { mode: '5-part' }));
      if (pause === undefined) return 'never';
      return pause * MINUTE_MS <= forMs ? 'endless' : undefined;
    },
  };
}

const MINUTE_MS = 60_000;
const DAY_MINUTES = 24 * 60;
/** Five years from the first of January 2027, one of them a leap year. */
const FIRST_DAY = Date.UTC(2027, 0, 1);
const DAYS = 5 * 365 + 1;

/** The longest time between two beginnings, in minutes by the clock on the wall; undefined where there is none. */
function longestPause(pattern: CronPattern): number | undefined {
  const times = pattern.hour.flatMap((isHour, hour) =>
    isHour ? pattern.minute.flatMap((isMinute, minute) => (isMinute ? [60 * hour + minute] : [])) : [],
  );
  const days = Array.from({ length: DAYS }, (_, day) => day).filter((day) => fits(pattern, day));
  const [first = 0, last = 0] = [times[0], times.at(-1)];
  const within = times.slice(1).map((time, index) => time - (times[index] ?? 0));
  const between = days.slice(1).map((day, index) => DAY_MINUTES * (day - (days[index] ?? 0)) + first - last);
  if (days.length < 2) return days.length === 0 ? undefined : Number.POSITIVE_INFINITY;
  return Math.max(...within, ...between);
}

function fits(pattern: CronPattern, day: number): boolean {
  const date = new Date(FIRST_DAY + day * DAY_MINUTES * MINUTE_MS);
  const [isDay, isWeekday] = [pattern.day[date.getUTCDate() - 1], pattern.dayOfWeek[date.getUTCDay()]];
  const isEither = !pattern.starDOM && !pattern.starDOW;
  return Boolean(pattern.month[date.getUTCMonth()] && (isEither ? isDay || isWeekday : isDay && isWeekday));
}
