import { expect, test } from 'vitest';
import type { RunRecord } from '../../lib/history.ts';
import { pastOf } from '../../lib/past.ts';
import { historyJson, historyText } from '../../lib/report/history.ts';
import { noPaint } from '../../lib/report/text.ts';
import { html } from '../../lib/report/html.ts';
import { EVIL, mixture, weekOf } from './gallery.ts';
import { report } from './reports.ts';

const FROM = Date.parse('2026-11-20T12:00:00Z');
const WINDOW = { from: FROM, to: FROM + 100 * 60_000 };

function runs(...failing: (readonly string[])[]): RunRecord[] {
  return failing.map((broken, index) => ({
    cluster: 'prod-eu',
    id: String(index),
    at: FROM + index * 10 * 60_000,
    ok: ['canary', 'steady'].filter((name) => !broken.includes(name)),
    failing: broken,
    unknown: [],
    opened: index === 8 ? broken : [],
    ended: [],
  }));
}

const past = pastOf(runs([], [], ['canary'], [], [], [], [], ['canary'], ['canary'], ['canary']), WINDOW);

test('what broke, when and for how long, worst first; what was always ok is counted', () => {
  expect(historyText(past, noPaint)).toBe(`\
2026-11-20 12:00:00Z to 2026-11-20 13:40:00Z (1h 40m), 10 runs
each column 20m: █ failing ▄ unknown ▁ ok, empty where nothing was judged

failing prod-eu  canary  available 60%, left ok 2 times, 10 runs
  ▁█▁██
  2026-11-20 13:10:00Z  failing  not over, 30m so far, last run 2026-11-20 13:30:00Z  incident
  2026-11-20 12:20:00Z  failing  10m

ok throughout: 1 signal: steady
`);
});

test('what was not ok in the first run may have begun before', () => {
  const text = historyText(pastOf(runs(['canary'], [], [], []), WINDOW), noPaint);
  expect(text).toContain('2026-11-20 12:00:00Z or before  failing  10m\n');
});

test('nothing recorded is said', () => {
  expect(historyText(pastOf([], WINDOW), noPaint)).toBe(
    'nothing was recorded, 2026-11-20 12:00:00Z to 2026-11-20 13:40:00Z (1h 40m); only scheduled runs record\n',
  );
});

test('the JSON has the same for scripts', () => {
  expect(JSON.parse(historyJson(past))).toEqual({
    version: 1,
    from: '2026-11-20T12:00:00.000Z',
    to: '2026-11-20T13:40:00.000Z',
    runs: 10,
    signals: [
      {
        cluster: 'prod-eu',
        signal: 'canary',
        verdict: 'failing',
        runs: 10,
        availability: 0.6,
        turns: 2,
        lastRunAt: '2026-11-20T13:30:00.000Z',
        goneAt: null,
        spells: [
          {
            verdict: 'failing',
            from: '2026-11-20T12:20:00.000Z',
            to: '2026-11-20T12:30:00.000Z',
            runs: 1,
            incident: false,
          },
          { verdict: 'failing', from: '2026-11-20T13:10:00.000Z', to: null, runs: 3, incident: true },
        ],
      },
      expect.objectContaining({ signal: 'steady', availability: 1, spells: [], turns: 0 }),
    ],
  });
});

test('two hundred signals fit a screen, and strips are no wider than a terminal', () => {
  const lines = historyText(weekOf(mixture(200)), noPaint).split('\n');
  expect(lines.length).toBeLessThan(50);
  expect(Math.max(...lines.filter((line) => /^ +[▁▄█ ]+$/.test(line)).map(({ length }) => length))).toBe(58);
  expect(lines.at(-2)).toContain('ok throughout: 202 signals');
});

test('names from outside cannot steer a terminal or forge a line', () => {
  const evil = runs([EVIL], []).map((run) => ({ ...run, cluster: EVIL, ok: [EVIL] }));
  const text = historyText(pastOf(evil, WINDOW), noPaint);
  expect(text).not.toMatch(/\p{Cf}|(?!\n)\p{Cc}/u);
  expect(text.split('\n').filter((line) => line.startsWith('#'))).toEqual([]);
});

test('what is judged no more stands below the others', () => {
  const at = (index: number, signals: Partial<RunRecord>) => ({
    cluster: 'prod-eu',
    id: String(index),
    at: FROM + index * 10 * 60_000,
    ok: ['steady'],
    failing: [],
    unknown: [],
    opened: [],
    ended: [],
    ...signals,
  });
  const left = pastOf(
    [
      at(0, {}),
      at(1, { failing: ['renamed'], opened: ['renamed'] }),
      at(2, { ended: ['renamed'] }),
      at(3, {}),
    ],
    WINDOW,
  );
  const text = historyText(left, noPaint);
  expect(text.slice(text.indexOf('ok throughout'))).toBe(`\
ok throughout: 1 signal: steady

gone    prod-eu  renamed  no longer judged since 2026-11-20 12:20:00Z, available 0%, left ok 0 times, 1 run
  █ 
  2026-11-20 12:10:00Z or before  failing  10m  incident
`);
  expect(JSON.parse(historyJson(left))).toMatchObject({
    signals: [
      { verdict: 'ok', goneAt: null },
      { verdict: null, goneAt: '2026-11-20T12:20:00.000Z' },
    ],
  });
  expect(html(report({}), { past: left })).toContain('no longer judged since 2026-11-20 12:20:00Z');
});
