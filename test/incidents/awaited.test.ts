import { expect, test } from 'vitest';
import { decide } from '../../lib/incidents/decide.ts';
import type { Judged, RunFacts } from '../../lib/incidents/judged.ts';
import { NOTHING } from '../../lib/incidents/memory.ts';
import { judge } from '../support/world.ts';
import { signal } from '../support/world.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const NOON = Date.parse('2026-11-20T12:00:00Z');
const alive = { labels: { job: 'b' } };
const a = [[['job', 'a']]] as const;

test('a group that an incident waits for is missed although it is gone for hours', async () => {
  const gone = { labels: { job: 'a' }, seenMinutesAgo: 200 };
  const plain = await judge([signal({ by: ['job'] })], [alive, gone]);
  expect(plain.verdicts[0]).toMatchObject({ verdict: 'ok', missing: [] });
  const waiting = await judge([signal({ by: ['job'], awaited: a })], [alive, gone]);
  expect(waiting.verdicts[0]).toMatchObject({
    verdict: 'failing',
    missing: a,
    onlyAwaits: true,
    findings: [{ expectation: 'fresh', subject: 'job=a' }],
  });
});

test('it is not missed once it has returned, nor when nobody groups by its label any more', async () => {
  const returned = await judge([signal({ by: ['job'], awaited: a })], [alive, { labels: { job: 'a' } }]);
  expect(returned.verdicts[0]).toMatchObject({ verdict: 'ok' });
  const regrouped = await judge([signal({ by: ['instance'], awaited: a })], [alive]);
  expect(regrouped.verdicts[0]).toMatchObject({ verdict: 'ok' });
});

test('what was there before everything went silent is remembered', async () => {
  const gone = ['a', 'b'].map((job) => ({ labels: { job }, seenMinutesAgo: 20 }));
  const { verdicts } = await judge([signal({ by: ['job'] })], gone);
  expect(verdicts[0]).toMatchObject({
    verdict: 'failing',
    missing: [[['job', 'a']], [['job', 'b']]],
    onlyAwaits: false,
    findings: [{ subject: 'all series' }],
  });
});

/** Runs every five minutes from noon on. */
function decided(seen: (minute: number) => Partial<Judged>, untilMinute: number) {
  let memory = NOTHING;
  for (let minute = 0; minute <= untilMinute; minute += 5) {
    const at = NOON + minute * MINUTE_MS;
    const judged: Judged = {
      signal: 'canary',
      plane: 'amp',
      severity: 'critical',
      failAfter: 2,
      verdict: 'failing',
      findings: new Map([['a', []]]),
      gains: [],
      since: null,
      isHeld: false,
      isPending: false,
      missing: a,
      onlyAwaits: false,
      ...seen(minute),
    };
    const run: RunFacts = {
      id: `run ${minute}`,
      at,
      checkedAt: at,
      isConfirmation: false,
      judged: [judged],
      watched: new Set(['canary']),
    };
    memory = decide('prod-eu', memory, run, { recoverAfter: 2, blindAfter: 3 })?.memory ?? memory;
  }
  return memory.signals['canary']?.failing;
}

test('a cluster does not wait for more than its memory holds', () => {
  const names = Array.from({ length: 200 }, (_, index) => `s${index}`);
  const missing = Array.from({ length: 12 }, (_, index) => [['job', `j${index}`]] as const);
  const run: RunFacts = {
    id: 'run',
    at: NOON,
    checkedAt: NOON,
    isConfirmation: false,
    watched: new Set(names),
    judged: names.map((signal) => ({
      signal,
      plane: 'amp',
      severity: 'critical',
      failAfter: 1,
      verdict: 'failing',
      findings: new Map([['a', []]]),
      gains: [],
      since: null,
      isHeld: false,
      isPending: false,
      missing,
      onlyAwaits: false,
    })),
  };
  const { memory } = decide('prod-eu', NOTHING, run, { recoverAfter: 2, blindAfter: 3 }) ?? {};
  const waiting = Object.values(memory?.signals ?? {}).flatMap(({ failing }) => failing?.awaited ?? []);
  expect(waiting.length).toBeGreaterThan(900);
  expect(waiting.length).toBeLessThanOrEqual(1000);
  expect(Object.keys(memory?.signals ?? {})).toHaveLength(200);
});

test('an incident waits a day for what does not return, and then says so', () => {
  const onlyAwaits = (minute: number) => ({ onlyAwaits: minute > 60 });
  const day = (24 * HOUR_MS) / MINUTE_MS;
  expect(decided(onlyAwaits, day - 5)).toMatchObject({ awaited: a });
  expect(decided(onlyAwaits, day - 5)).not.toHaveProperty('over');
  expect(decided(onlyAwaits, day + 5)?.over).toMatchObject({
    how: 'unwatched',
    because: expect.stringContaining('no longer expected; list it under labels.values'),
  });
});

test('an outage of more than a day that ends is a recovery', () => {
  const seen = (minute: number): Partial<Judged> =>
    minute > 1800 ? { verdict: 'ok', findings: new Map(), missing: [] } : {};
  expect(decided(seen, 1810)?.over).toMatchObject({ how: 'recovered' });
});

test('a run that is dated in the future silences nothing', () => {
  const run = (id: string, at: number): RunFacts => ({
    id,
    at,
    checkedAt: NOON,
    isConfirmation: false,
    judged: [],
    watched: new Set(),
  });
  const rules = { recoverAfter: 2, blindAfter: 3 };
  const wrong = decide('prod-eu', NOTHING, run('wrong', NOON + 1000 * HOUR_MS), rules);
  expect(wrong).toBeDefined();
  expect(wrong && decide('prod-eu', wrong.memory, run('right', NOON), rules)).toBeDefined();
  expect(wrong && decide('prod-eu', wrong.memory, run('wrong', NOON), rules)).toBeUndefined();
});

test('a second look does not overtake a run that is under way', () => {
  const run = (id: string, at: number, isConfirmation = false): RunFacts => ({
    id,
    at,
    checkedAt: NOON + HOUR_MS,
    isConfirmation,
    judged: [],
    watched: new Set(),
  });
  const rules = { recoverAfter: 2, blindAfter: 3 };
  const first = decide('prod-eu', NOTHING, run('tick', NOON), rules)?.memory ?? NOTHING;
  const second = decide('prod-eu', first, run('look', NOON + 75_000, true), rules)?.memory ?? NOTHING;
  expect(decide('prod-eu', second, run('late tick', NOON + MINUTE_MS), rules)).toBeDefined();
  expect(decide('prod-eu', second, run('look', NOON + 75_000, true), rules)).toBeUndefined();
});
