import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { historyOf, type RunRecord } from '../lib/history.ts';
import { formatShare, pastOf, seenShare, verdictNow } from '../lib/past.ts';

const MINUTE_MS = 60_000;
const T = Date.parse('2026-11-20T12:00:00Z');

/**
 * Runs of one signal every five minutes: o ok, f failing, u unknown, . not judged. `O` and `E` before a letter: an
 * incident opens or ends with that run.
 */
function tape(letters: string, cluster = 'c', signal = 's'): RunRecord[] {
  return [...letters.matchAll(/([OE]*)([ofu.])/g)].map(([, marks = '', letter], index) => ({
    cluster,
    id: `run-${index}`,
    at: T + index * 5 * MINUTE_MS,
    ok: letter === 'o' ? [signal] : [],
    failing: letter === 'f' ? [signal] : [],
    unknown: letter === 'u' ? [signal] : [],
    opened: marks.includes('O') ? [signal] : [],
    ended: marks.includes('E') ? [signal] : [],
  }));
}

/** `failing 5-15` is a spell from the fifth minute to the fifteenth; `!` where an incident was open. */
function spellsOf(letters: string): string[] {
  const minute = (at: number | null) => (at === null ? '' : String((at - T) / MINUTE_MS));
  return historyOf(tape(letters)).flatMap(({ spells }) =>
    spells.map(
      ({ verdict, from, to, isIncident }) =>
        `${verdict} ${minute(from)}-${minute(to)}${isIncident ? '!' : ''}`,
    ),
  );
}

describe('spells', () => {
  test.each([
    ['all ok has none', 'ooo', []],
    ['one lasts from the first run that failed to the first that did not', 'offo', ['failing 5-15']],
    ['the last one is not over', 'oof', ['failing 10-']],
    ['flapping is several', 'ofofo', ['failing 5-10', 'failing 15-20']],
    ['failing and unknown are told apart', 'ofuo', ['failing 5-10', 'unknown 10-15']],
    ['runs that did not judge the signal neither end nor begin one', 'f..fo', ['failing 0-20']],
    ['an incident that opens in it', 'offOfo', ['failing 5-20!']],
    ['an incident stays open through one ok', 'OfofoEo', ['failing 0-5!', 'failing 10-15!']],
    ['one that ended before is not meant', 'OfEofo', ['failing 0-5!', 'failing 10-15']],
    ['one that opened before the first run shows when it ends', 'foEof', ['failing 0-5!', 'failing 15-']],
    ['one that is watched no more ends with the run that says so', 'oOff.E..', ['failing 5-20!']],
    ['watched again, it begins anew', 'OfE.fo', ['failing 0-5!', 'failing 10-15']],
    ['one may open as another ends', 'OfOEufo', ['failing 0-5!', 'unknown 5-10!', 'failing 10-15!']],
  ])('%s', (_name, letters, spells) => {
    expect(spellsOf(letters)).toEqual(spells);
  });
});

test.each([
  ['oooo', 1, 0, 4],
  ['offo', 0.5, 1, 4],
  ['ouuo', 1, 1, 4],
  ['uu', null, 0, 2],
  ['fo.f', 1 / 3, 1, 3],
])('%s: availability %d, left ok %i times, in %i runs', (letters, availability, turns, runs) => {
  expect(historyOf(tape(letters))).toMatchObject([{ availability, turns, runs }]);
});

test('clusters and signals are apart, whatever their names', () => {
  const runs = [...tape('of', 'a', '__proto__'), ...tape('oo', 'a"', 'b'), ...tape('ff', 'a', '","b')];
  expect(historyOf(runs).map(({ cluster, signal, turns }) => [cluster, signal, turns])).toEqual([
    ['a', '","b', 0],
    ['a', '__proto__', 1],
    ['a"', 'b', 0],
  ]);
});

test('a signal that was only told of, and never judged, has no history', () => {
  expect(historyOf(tape('E.O.'))).toEqual([]);
});

describe('what is judged no more', () => {
  const all = { from: T, to: T + 100 * 24 * 60 * MINUTE_MS };
  const goneAt = (letters: string): number | null => {
    const watched = tape('o'.repeat(letters.replaceAll(/[OE]/g, '').length), 'c', 'other');
    const runs = tape(letters).map((run, index) => ({
      ...run,
      ok: [...run.ok, ...(watched[index]?.ok ?? [])],
    }));
    const at = pastOf(runs, all).signals.find(({ signal }) => signal === 's')?.goneAt ?? null;
    return at === null ? null : (at - T) / MINUTE_MS;
  };
  const hours = (count: number) => 12 * count;

  test.each([
    ['the run that ended its incident says so at once', 'OffE..', 10],
    ['unless it is judged again', 'OfE.f', null],
    ['newer runs leave it out for longer than ever', `${'f'.repeat(hours(1) + 1)}...`, 65],
    ['not where it is judged every other run', `${'f.'.repeat(hours(1))}..`, null],
    ['not where it may be judged once a day, and was confirmed', `ff${'.'.repeat(hours(30))}`, null],
    ['what was only seen for a moment, days ago', `ff${'.'.repeat(hours(50))}`, 10],
  ])('%s', (_name, letters, expected) => {
    expect(goneAt(letters)).toBe(expected);
  });

  test('comes last, and its spell is over', () => {
    const runs = [...tape(`${'f'.repeat(13)}...`, 'c', 'left'), ...tape('o'.repeat(16), 'c', 'fine')];
    const { signals } = pastOf(
      runs.map((run, index) => ({ ...run, id: String(index) })),
      all,
    );
    expect(signals.map(({ signal }) => signal)).toEqual(['fine', 'left']);
    expect(signals[1]?.spells).toMatchObject([{ from: T, to: T + 65 * MINUTE_MS }]);
  });

  test('not where no run of its cluster is newer', () => {
    const runs = [...tape('ff', 'stopped'), ...tape('o'.repeat(1000), 'other')];
    expect(pastOf(runs, all).signals.map(({ goneAt }) => goneAt)).toEqual([null, null]);
  });
});

const names = ['x', 'y', 'z'] as const;
const anyRuns = fc
  .uniqueArray(
    fc.record({
      cluster: fc.constantFrom('a', 'b'),
      id: fc.uuid(),
      at: fc.integer({ min: 0, max: 50 }).map((step) => T + step * MINUTE_MS),
      verdicts: fc.tuple(...names.map(() => fc.constantFrom('ok', 'failing', 'unknown', 'none'))),
      opened: fc.subarray([...names]),
      ended: fc.subarray([...names]),
    }),
    { selector: ({ id }) => id, maxLength: 40 },
  )
  .map((drafts) =>
    drafts.map(({ verdicts, ...draft }): RunRecord => {
      const those = (verdict: string) => names.filter((_, index) => verdicts[index] === verdict);
      return { ...draft, ok: those('ok'), failing: those('failing'), unknown: those('unknown') };
    }),
  );

test('the order in which runs come changes nothing', () => {
  const shuffled = anyRuns.chain((runs) =>
    fc.tuple(fc.constant(runs), fc.shuffledSubarray(runs, { minLength: runs.length })),
  );
  fc.assert(
    fc.property(shuffled, ([runs, others]) => {
      expect(historyOf(others)).toEqual(historyOf(runs));
    }),
    { numRuns: 1000 },
  );
});

test('spells never overlap, only the last one lasts, and runs add up', () => {
  fc.assert(
    fc.property(anyRuns, (runs) => {
      for (const history of historyOf(runs)) {
        const { spells, turns, cluster, signal } = history;
        const judged = runs.filter(
          (run) => run.cluster === cluster && [...run.ok, ...run.failing, ...run.unknown].includes(signal),
        );
        const failing = judged.filter((run) => run.failing.includes(signal)).length;
        const ok = judged.filter((run) => run.ok.includes(signal)).length;
        expect(history.runs).toBe(judged.length);
        expect(history.availability).toBe(ok + failing === 0 ? null : ok / (ok + failing));
        expect(spells.reduce((sum, spell) => sum + spell.runs, 0)).toBe(judged.length - ok);
        expect(turns).toBeLessThanOrEqual(spells.length);
        for (const [index, { from, to }] of spells.entries()) {
          const next = spells[index + 1];
          expect(to === null).toBe(next === undefined && verdictNow(history) !== 'ok');
          if (to !== null) expect(to).toBeGreaterThanOrEqual(from);
          if (to !== null && next) expect(next.from).toBeGreaterThanOrEqual(to);
        }
      }
    }),
    { numRuns: 1000 },
  );
});

describe('a window', () => {
  const HOUR_MS = 12 * 5 * MINUTE_MS;
  const window = { from: T, to: T + HOUR_MS };

  test('runs outside it are left out; no runs leave it as it is', () => {
    expect(pastOf(tape('f'.repeat(20)), window)).toMatchObject({ runs: 13, signals: [{ runs: 13 }] });
    expect(pastOf([], window)).toMatchObject({ ...window, runs: 0, signals: [] });
  });

  test('columns show the worst of their runs, and nothing where none judged', () => {
    const { signals, columnMs } = pastOf(tape('oofo....ouoo'), window);
    expect(columnMs).toBe(10 * MINUTE_MS);
    expect(signals[0]?.columns).toEqual(['ok', 'failing', null, null, 'unknown', 'ok']);
  });

  test('where less was recorded it begins with the first run', () => {
    const late = tape('oooo').map((run) => ({ ...run, at: run.at + 30 * MINUTE_MS }));
    expect(pastOf(late, window).from).toBe(T + 30 * MINUTE_MS);
  });

  test('what is broken now comes first, then the least available', () => {
    const runs = [
      ...tape('oooo', 'c', 'steady'),
      ...tape('offo', 'c', 'was worse'),
      ...tape('oofo', 'c', 'was bad'),
      ...tape('oouu', 'c', 'blind now'),
      ...tape('ooof', 'c', 'broken now'),
    ].map((run) => ({ ...run, id: `${run.id} ${[...run.ok, ...run.failing, ...run.unknown].join()}` }));
    expect(pastOf(runs, window).signals.map(({ signal }) => signal)).toEqual([
      'broken now',
      'blind now',
      'was worse',
      'was bad',
      'steady',
    ]);
  });

  test('seen is the share of the runs that could look', () => {
    const [signal] = pastOf(tape('oufu'), window).signals;
    expect(signal && seenShare(signal)).toBe(0.5);
  });
});

test.each([
  [1, '100%'],
  [0.999999, '99.99%'],
  [0.5, '50%'],
  [0.57, '57%'],
  [2 / 3, '66.66%'],
  [0, '0%'],
  [null, 'not seen'],
])('%d is shown as %s: never rounded up', (share, shown) => {
  expect(formatShare(share)).toBe(shown);
});
