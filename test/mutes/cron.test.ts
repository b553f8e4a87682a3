import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseDuration } from '../../lib/config/values.ts';
import { cronProblem, openCrons } from '../../lib/mutes/cron.ts';
import { mutesAt } from '../../lib/mutes.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const at = (text: string): number => Date.parse(text);

/** A part of a cron: its text, and what it lets through. */
interface Part {
  readonly text: string;
  readonly fits: (value: number) => boolean;
  readonly isStar: boolean;
}

function part(least: number, most: number): fc.Arbitrary<Part> {
  const value = fc.integer({ min: least, max: most });
  const one = value.map((n) => ({ text: String(n), fits: (v: number) => v === n, isStar: false }));
  const range = fc
    .tuple(value, value, fc.option(fc.integer({ min: 1, max: most - least })))
    .map(([a, b, step]) => {
      const [low, high] = [Math.min(a, b), Math.max(a, b)];
      return {
        text: `${low}-${high}${step === null ? '' : `/${step}`}`,
        fits: (v: number) => v >= low && v <= high && (v - low) % (step ?? 1) === 0,
        isStar: false,
      };
    });
  const steps = fc.integer({ min: 1, max: most - least }).map((step) => ({
    text: `*/${step}`,
    fits: (v: number) => (v - least) % step === 0,
    isStar: false,
  }));
  const list = fc.array(fc.oneof(one, range), { minLength: 2, maxLength: 3 }).map((parts) => ({
    text: parts.map(({ text }) => text).join(','),
    fits: (v: number) => parts.some(({ fits }) => fits(v)),
    isStar: false,
  }));
  const star = fc.constant({ text: '*', fits: () => true, isStar: true });
  return fc.oneof({ arbitrary: star, weight: 3 }, one, range, steps, list);
}

const crons = fc.tuple(part(0, 59), part(0, 23), part(1, 31), part(1, 12), part(0, 6));
const textOf = (parts: readonly Part[]) => parts.map(({ text }) => text).join(' ');

/** Whether a cron fires at what the clock on the wall shows, given as if it were UTC. */
function fires(
  [minute, hour, day, month, weekday]: readonly [Part, Part, Part, Part, Part],
  wall: Date,
): boolean {
  const [isDay, isWeekday] = [day.fits(wall.getUTCDate()), weekday.fits(wall.getUTCDay())];
  return (
    minute.fits(wall.getUTCMinutes()) &&
    hour.fits(wall.getUTCHours()) &&
    month.fits(wall.getUTCMonth() + 1) &&
    (day.isStar || weekday.isStar ? isDay && isWeekday : isDay || isWeekday)
  );
}

describe('brute force agrees', () => {
  const durations = fc.oneof(fc.integer({ min: 1, max: 120 }), fc.constantFrom(480, 1440, 3000));
  const moments = fc.integer({
    min: at('2026-01-01T00:00:00Z') / 1000,
    max: at('2029-01-01T00:00:00Z') / 1000,
  });
  const whether = async (cron: string, minutes: number, now: number, timeZone: string) => {
    const settings = [{ cron, for: minutes * MINUTE, timeZone, reason: 'x' }];
    return (await mutesAt(settings, [], now)).heldBy('a', 'b') !== undefined;
  };
  /** Every minute of the time before, asked one by one. */
  const byForce = (fits: (minute: number) => boolean, minutes: number, now: number) => {
    for (let minute = now - (now % MINUTE); minute > now - minutes * MINUTE; minute -= MINUTE) {
      if (fits(minute)) return true;
    }
    return false;
  };

  test('on crons in UTC', async () => {
    await fc.assert(
      fc.asyncProperty(crons, durations, moments, async (parts, minutes, second) => {
        const now = second * 1000;
        const expected = byForce((minute) => fires(parts, new Date(minute)), minutes, now);
        expect(await whether(textOf(parts), minutes, now, 'UTC')).toBe(expected);
      }),
      { numRuns: 400 },
    );
  });

  test('on crons by the hour in Berlin, through the changes of its clocks', async () => {
    const format = new Intl.DateTimeFormat('sv-SE', {
      timeZone: 'Europe/Berlin',
      dateStyle: 'short',
      timeStyle: 'medium',
    });
    const star = fc.constant({ text: '*', fits: () => true, isStar: true });
    const hourly = fc.tuple(part(0, 59), star, part(1, 31), part(1, 12), part(0, 6));
    const changes = fc.constantFrom('2026-03-29', '2026-10-25', '2027-03-28', '2027-10-31');
    const around = fc
      .tuple(changes, fc.integer({ min: -2 * 86_400, max: 2 * 86_400 }))
      .map(([day, seconds]) => at(`${day}T01:00:00Z`) / 1000 + seconds);
    await fc.assert(
      fc.asyncProperty(hourly, fc.integer({ min: 1, max: 120 }), around, async (parts, minutes, second) => {
        const wall = (minute: number) => new Date(`${format.format(minute).replace(' ', 'T')}Z`);
        const now = second * 1000;
        const expected = byForce((minute) => fires(parts, wall(minute)), minutes, now);
        expect(await whether(textOf(parts), minutes, now, 'Europe/Berlin')).toBe(expected);
      }),
      { numRuns: 200 },
    );
  });

  test('on whether a cron ever comes, or never ends', async () => {
    const { oddity } = await openCrons();
    const first = at('2027-01-01T00:00:00Z');
    const midnights = Array.from({ length: 5 * 365 + 1 }, (_, day) => first + day * 24 * HOUR);
    const daily = fc.tuple(part(1, 31), part(1, 12), part(0, 6), fc.integer({ min: 1, max: 24 * 30 }));
    const zero = { text: '0', fits: (value: number) => value === 0, isStar: false };
    fc.assert(
      fc.property(daily, ([day, month, weekday, hours]) => {
        const parts = [zero, zero, day, month, weekday] as const;
        const runs = midnights.filter((midnight) => fires(parts, new Date(midnight)));
        const pauses = runs.slice(1).map((run, index) => run - (runs[index] ?? 0));
        const isEndless = pauses.length > 0 && pauses.every((pause) => pause <= hours * HOUR);
        const expected = runs.length === 0 ? 'never' : isEndless ? 'endless' : undefined;
        expect(oddity(textOf(parts), hours * HOUR)).toBe(expected);
      }),
      { numRuns: 300 },
    );
  });

  test.each([
    ['* * * * *', '1m', 'endless'],
    ['*/5 * * * *', '5m', 'endless'],
    ['*/5 * * * *', '4m', undefined],
    ['*/5 8-20 * * *', '5m', undefined],
    ['* * * * 1-5', '1d', undefined],
    ['0 0 * * thu', '7d', 'endless'],
    ['0 0 1,15 * *', '17d', 'endless'],
    ['0 0 1,15 * *', '16d', undefined],
    ['0 0 29 2 *', '30d', undefined],
    ['0 0 30 2 *', '1h', 'never'],
    ['0 0 31 4,6 *', '1h', 'never'],
    ['0 0 30 2 mon', '1h', undefined],
  ])('%s for %s: %s', async (cron, lasts, expected) => {
    const { oddity } = await openCrons();
    expect(oddity(cron, parseDuration(lasts) ?? 0)).toBe(expected);
  });
});

describe('what is a cron', () => {
  test('everything that is taken can be run', async () => {
    const { oddity } = await openCrons();
    const piece = fc.constantFrom(
      '*',
      '0',
      '7',
      '31',
      '5-7',
      '*/2',
      '1-9/3',
      'mon',
      'SUN',
      'fri-sun',
      'sun-tue',
      'Jan',
      'feb-apr/2',
      '1,2',
      '60',
      '22-6',
      '5/5',
      'L',
      '15W',
      '1#2',
      '?',
      '*/0',
      '',
      '-',
      '1-',
      '007',
      '@daily',
      '1,',
      'sun/2',
      '+1',
    );
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { minLength: 4, maxLength: 6 }), async (pieces) => {
        const text = pieces.join(' ');
        const problem = cronProblem(text);
        if (problem !== undefined) expect(problem).toMatch(/^(is|has) .*; write /);
        else expect(() => oddity(text, HOUR)).not.toThrow();
      }),
      { numRuns: 2000 },
    );
  });

  test.each([
    '0 22 * * 5',
    ' 0  22 *\t* fri ',
    '*/15 2-4,22 1,15 jan-mar mon-fri',
    '0 0 * * fri-sun',
    '0 0 * * sun-tue',
    '0 0 * * 7',
    '59 23 31 12 *',
    '1-59/2 * * * *',
  ])('%j is', (text) => {
    expect(cronProblem(text)).toBeUndefined();
  });

  test.each([
    '',
    '* * * *',
    '@daily',
    '0 22 L * *',
    '0 22 * * 5#2',
    '0 22 ? * *',
    '5/5 * * * *',
    '60 * * * *',
    '* 24 * * *',
    '* * 0 * *',
    '* * * 13 *',
    '* * * * 8',
    '*/61 * * * *',
    '0\u00a022 * * 5',
    '-1 * * * *',
    '1.5 * * * *',
  ])('%j is not', (text) => {
    expect(cronProblem(text)).toContain('is not a cron expression of five fields; ');
  });

  test.each([
    ['* * * * * *', 'has six fields; write five: leave the seconds out'],
    ['0 22 * * friday', 'has "friday" where a weekday has three letters; write fri'],
    ['0 22 * * mon,Thurs-fri', 'has "Thurs" where a weekday has three letters; write thu'],
    ['0 22 1 sept *', 'has "sept" where a month has three letters; write sep'],
    ['0 22 * * dayly', 'is not a cron expression of five fields; '],
  ])('%j says what to write', (text, said) => {
    expect(cronProblem(text)).toContain(said);
  });
});
