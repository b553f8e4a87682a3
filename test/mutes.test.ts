import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { MuteSettings } from '../lib/mutes/settings.ts';
import { momentsOf } from '../lib/mutes/time.ts';
import { openWindows } from '../lib/mutes/windows.ts';
import { mutesAt } from '../lib/mutes.ts';
import type { RuntimeMute } from '../lib/stores/store.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const at = (text: string): number => Date.parse(text);
const iso = (moment: number): string => new Date(moment).toISOString().replace('.000', '');

async function held(mute: Partial<MuteSettings>, time: string): Promise<string | undefined> {
  const { heldBy } = await mutesAt([{ reason: 'upgrade', ...mute }], [], at(time));
  return heldBy('prod-eu', 'up');
}

const runtime = (over: Partial<RuntimeMute>): RuntimeMute => ({
  id: '3f9a1c20',
  clusters: [],
  signals: [],
  from: at('2026-11-20T12:00:00Z'),
  until: at('2026-11-20T14:00:00Z'),
  reason: 'added',
  ...over,
});

describe('what is held', () => {
  const noon = at('2026-11-20T12:00:00Z');
  const span = { from: '2026-11-20T11:00', until: '2026-11-20T13:00', reason: 'x' };

  test.each([
    ['all', {}, 'prod-eu up, prod-eu down, staging up'],
    ['a cluster', { clusters: ['prod-eu'] }, 'prod-eu up, prod-eu down'],
    ['a signal of every cluster', { signals: ['up'] }, 'prod-eu up, staging up'],
    ['signals of clusters', { clusters: ['staging', 'other'], signals: ['up', 'down'] }, 'staging up'],
    ['names of every object', { clusters: ['constructor'], signals: ['__proto__'] }, ''],
  ])('%s', async (_, names, expected) => {
    for (const { heldBy } of [
      await mutesAt([{ ...span, ...names }], [], noon),
      await mutesAt([], [runtime(names)], noon),
    ]) {
      const all = ['prod-eu up', 'prod-eu down', 'staging up'].filter((one) => {
        const [cluster = '', signal = ''] = one.split(' ');
        return heldBy(cluster, signal) !== undefined;
      });
      expect(all.join(', ')).toBe(expected);
    }
  });

  test('the words name the mute that ends last', async () => {
    const { heldBy } = await mutesAt(
      [
        { ...span, reason: 'short' },
        { ...span, until: '2026-11-20T14:00', signals: ['up'], reason: 'long' },
      ],
      [
        runtime({ until: at('2026-11-20T13:30:00Z') }),
        runtime({ until: at('2026-11-21T00:00:00Z'), signals: ['x'] }),
      ],
      noon,
    );
    expect(heldBy('prod-eu', 'up')).toBe('mute until 2026-11-20 14:00:00Z: long');
    expect(heldBy('prod-eu', 'down')).toBe('mute until 2026-11-20 13:30:00Z: added');
  });

  test.each([
    ['11:59:59.999', false],
    ['12:00:00.000', true],
    ['13:59:59.999', true],
    ['14:00:00.000', false],
  ])('from the beginning up to, but without, the end: %s', async (time, isHeld) => {
    const now = at(`2026-11-20T${time}Z`);
    const whole = { from: '2026-11-20T12:00', until: '2026-11-20T14:00', reason: 'x' };
    const [{ heldBy: configured }, { heldBy: added }, { heldBy: repeated }] = await Promise.all([
      mutesAt([whole], [], now),
      mutesAt([], [runtime({})], now),
      mutesAt([{ cron: '0 12 * * *', for: 2 * HOUR, reason: 'x' }], [], now),
    ]);
    const answers = [configured, added, repeated].map((heldBy) => heldBy('a', 'b') !== undefined);
    expect(answers).toEqual([isHeld, isHeld, isHeld]);
  });

  test('what a damaged store says does no harm', async () => {
    const damaged = runtime({ reason: `\u001b[31m\n${'x'.repeat(9999)}`, from: -1e300, until: 1e300 });
    const words = (await mutesAt([], [damaged], noon)).heldBy('a', 'b') ?? '';
    expect(words).toMatch(/^mute until 9999-12-31 00:00:00Z: \\u001b\[31m x+…$/);
    expect((await mutesAt([], [runtime({ until: Number.NaN })], noon)).heldBy('a', 'b')).toBeUndefined();
  });
});

describe('local times', () => {
  const berlin = { timeZone: 'Europe/Berlin' };

  test.each([
    ['2026-11-20T22:00', 'UTC', ['2026-11-20T22:00:00Z']],
    ['2026-11-20T22:00', 'Europe/Berlin', ['2026-11-20T21:00:00Z']],
    ['2026-07-20T22:00', 'Europe/Berlin', ['2026-07-20T20:00:00Z']],
    ['2026-11-20T22:00:30+05:30', 'Europe/Berlin', ['2026-11-20T16:30:30Z']],
    ['2026-03-29T02:30', 'Europe/Berlin', []],
    ['2026-03-29T03:00', 'Europe/Berlin', ['2026-03-29T01:00:00Z']],
    ['2026-10-25T02:30', 'Europe/Berlin', ['2026-10-25T00:30:00Z', '2026-10-25T01:30:00Z']],
    ['2026-10-25T03:00', 'Europe/Berlin', ['2026-10-25T02:00:00Z']],
    ['2026-10-04T02:15', 'Australia/Lord_Howe', []],
    ['2026-04-05T01:45', 'Australia/Lord_Howe', ['2026-04-04T14:45:00Z', '2026-04-04T15:15:00Z']],
    ['2011-12-30T12:00', 'Pacific/Apia', []],
    ['2026-02-29T12:00', 'UTC', []],
    ['2028-02-29T12:00', 'UTC', ['2028-02-29T12:00:00Z']],
    ['2026-11-20T24:00', 'UTC', []],
    ['noon', 'UTC', []],
  ])('%s in %s', (text, timeZone, expected) => {
    expect(momentsOf(text, timeZone).map(iso)).toEqual(expected);
  });

  test('a moment is read back from the clock of any zone', () => {
    const zones = fc.constantFrom(
      'UTC',
      'Europe/Berlin',
      'America/New_York',
      'Asia/Kathmandu',
      'Australia/Lord_Howe',
    );
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4_000_000 }), zones, (quarter, timeZone) => {
        const moment = quarter * 15 * MINUTE;
        const format = new Intl.DateTimeFormat('sv-SE', {
          timeZone,
          dateStyle: 'short',
          timeStyle: 'medium',
        });
        const moments = momentsOf(format.format(moment).replace(' ', 'T'), timeZone);
        expect(moments).toContain(moment);
        expect(moments.length).toBeLessThanOrEqual(2);
      }),
      { numRuns: 300 },
    );
  });

  test.each([
    // Summer time begins in between: 11 hours by the clock on the wall are 10.
    ['2026-03-28T22:00', '2026-03-29T09:00', '2026-03-28T21:00:00Z', '2026-03-29T07:00:00Z'],
    // … and ends: 12.
    ['2026-10-24T22:00', '2026-10-25T09:00', '2026-10-24T20:00:00Z', '2026-10-25T08:00:00Z'],
    // A time that comes twice begins with the first and ends with the second.
    ['2026-10-25T02:30', '2026-10-25T09:00', '2026-10-25T00:30:00Z', '2026-10-25T08:00:00Z'],
    ['2026-10-24T22:00', '2026-10-25T02:30', '2026-10-24T20:00:00Z', '2026-10-25T01:30:00Z'],
  ])('from %s until %s in Berlin', async (from, until, first, over) => {
    const mute = { from, until, ...berlin };
    const words = `mute until ${over.replace('T', ' ')}: upgrade`;
    expect(await held(mute, iso(at(first) - 1000))).toBeUndefined();
    expect(await held(mute, first)).toBe(words);
    expect(await held(mute, iso(at(over) - 1000))).toBe(words);
    expect(await held(mute, over)).toBeUndefined();
  });

  test.each([
    ['in winter', '2026-01-14T01:30:00Z', '2026-01-14T02:30:00Z'],
    ['in summer', '2026-07-14T00:30:00Z', '2026-07-14T01:30:00Z'],
    ['on the day without 02:30, right after the gap', '2026-03-29T01:00:00Z', '2026-03-29T02:00:00Z'],
    ['on the day with two, at the first alone', '2026-10-25T00:30:00Z', '2026-10-25T01:30:00Z'],
  ])('a cron at 02:30 in Berlin %s', async (_, first, over) => {
    const mute = { cron: '30 2 * * *', for: HOUR, ...berlin };
    const words = `mute until ${over.replace('T', ' ')}: upgrade`;
    expect(await held(mute, iso(at(first) - 1000))).toBeUndefined();
    expect(await held(mute, first)).toBe(words);
    expect(await held(mute, over)).toBeUndefined();
  });

  test('a list of times in the gap is taken after it too', async () => {
    const mute = { cron: '15,45 2 * * *', for: HOUR, ...berlin };
    expect(await held(mute, '2026-03-29T00:59:59Z')).toBeUndefined();
    expect(await held(mute, '2026-03-29T01:00:00Z')).toContain('mute until 2026-03-29 02:');
  });

  test('so long is so long, whatever the clocks do', async () => {
    const mute = { cron: '0 22 * * sat', for: 8 * HOUR, ...berlin };
    expect(await held(mute, '2026-03-28T21:00:00Z')).toBe('mute until 2026-03-29 05:00:00Z: upgrade');
    expect(await held(mute, '2026-10-24T20:00:00Z')).toBe('mute until 2026-10-25 04:00:00Z: upgrade');
  });

  test('times that follow each other without a pause are one', async () => {
    const mute = { cron: '0 20-22 * * *', for: HOUR };
    expect(await held(mute, '2026-11-20T20:10:00Z')).toBe('mute until 2026-11-20 23:00:00Z: upgrade');
    expect(await held({ cron: '* * * * *', for: HOUR }, '2026-11-20T20:10:00Z')).toContain('mute until');
  });
});

describe('what comes next', () => {
  const next = async (mute: Partial<MuteSettings>, time: string) => {
    const [windows] = await openWindows([{ reason: 'x', ...mute }]);
    const span = windows?.after(at(time));
    return span && [iso(span.from), iso(span.until)];
  };

  test.each([
    [
      { cron: '0 22 * * fri', for: HOUR },
      '2026-11-20T12:00:00Z',
      ['2026-11-20T22:00:00Z', '2026-11-20T23:00:00Z'],
    ],
    [
      { cron: '0 22 * * fri', for: HOUR },
      '2026-11-20T22:00:00Z',
      ['2026-11-27T22:00:00Z', '2026-11-27T23:00:00Z'],
    ],
    [
      { from: '2026-11-20T22:00', until: '2026-11-20T23:00' },
      '2026-11-20T12:00:00Z',
      ['2026-11-20T22:00:00Z', '2026-11-20T23:00:00Z'],
    ],
    [{ from: '2026-11-20T22:00', until: '2026-11-20T23:00' }, '2026-11-20T22:00:00Z', undefined],
  ])('%j after %s', async (mute, time, expected) => {
    expect(await next(mute, time)).toEqual(expected);
  });
});
