import { describe, expect, test } from 'vitest';
import type { PlannedCluster } from '../lib/plan.ts';
import type { Report } from '../lib/report/report.ts';
import type { Verdict } from '../lib/verify.ts';
import { waitForOk } from '../lib/wait.ts';
import { report as reportOf, signalReport } from './report/reports.ts';
import { fakeClock } from './support/ports.ts';
import { signal } from './support/world.ts';

const MINUTE_MS = 60_000;

/** A tape: what each attempt finds of the signals a, b and c, one letter each: o(k), f(ailing), u(nknown). */
async function tape(attempts: readonly string[], minutes = 20, when?: { signal: string; atLeast: number }) {
  const clock = fakeClock();
  const asked: string[] = [];
  let attempt = -1;
  const names = ['a', 'b', 'c'];
  const cluster: PlannedCluster = {
    name: 'prod-eu',
    region: 'eu-west-1',
    signals: names.map((name) => ({
      judged: true,
      signal: signal({ name, ...(name === 'a' && when ? { when } : {}) }),
    })),
  };
  const verdicts = { o: 'ok', f: 'failing', u: 'unknown' } as const;
  const ask = async (clusters: readonly PlannedCluster[]): Promise<Report> => {
    attempt += 1;
    const signals = clusters.flatMap((one) => one.signals);
    asked.push(signals.map((one) => (one.judged ? one.signal.name : `(${one.signal.name})`)).join(''));
    const letters = attempts[attempt] ?? attempts.at(-1) ?? '';
    const judged = signals.filter((one) => one.judged);
    const found = judged.map((one) => {
      const letter = letters[names.indexOf(one.signal.name)] as keyof typeof verdicts;
      return signalReport({ signal: one.signal.name, verdict: verdicts[letter] satisfies Verdict });
    });
    return reportOf({ 'prod-eu': found });
  };
  const startedAt = clock.now();
  const until = startedAt + minutes * MINUTE_MS;
  const report = await waitForOk([cluster], ask, { clock, until });
  const found = report.clusters[0]?.signals.map(({ verdict }) => verdict[0]).join('');
  return { report, found, asked, tookMs: clock.now() - startedAt };
}

describe('waiting', () => {
  test('ends at once where all is ok: they were asked together', async () => {
    expect(await tape(['ooo'])).toMatchObject({ found: 'ooo', asked: ['abc'], tookMs: 0 });
  });

  test('asks again only for what is not ok, and for all together before it ends ok', async () => {
    const run = await tape(['fuo', 'ofo', 'ooo', 'ooo']);
    expect(run).toMatchObject({ found: 'ooo', asked: ['abc', 'ab', 'b', 'abc'], tookMs: 40_000 });
    expect(run.report).toMatchObject({ verdict: 'ok', durationMs: 40_000, clusters: [{ verdict: 'ok' }] });
  });

  test('goes on when what was ok is not so any more', async () => {
    const run = await tape(['ffo', 'ooo', 'oof', 'ooo', 'ooo']);
    expect(run).toMatchObject({ found: 'ooo', asked: ['abc', 'ab', 'abc', 'c', 'abc'] });
  });

  test('ends when the time is up, with the newest verdict of every signal', async () => {
    const run = await tape(['fuo', 'fuo', 'uoo'], 1);
    expect(run).toMatchObject({ found: 'uoo', asked: ['abc', 'ab', 'ab', 'a'], tookMs: 60_000 });
    expect(run.report).toMatchObject({ verdict: 'unknown', clusters: [{ verdict: 'unknown' }] });
  });

  test('looks once more when the time is up, however short it was', async () => {
    const run = await tape(['foo', 'foo', 'ooo', 'ooo'], 0.5);
    expect(run).toMatchObject({ found: 'ooo', asked: ['abc', 'a', 'a', 'abc'], tookMs: 30_000 });
    expect(await tape(['foo', 'ooo', 'ooo'], 0.1)).toMatchObject({ found: 'ooo', tookMs: 6000 });
  });

  test('makes one attempt where there is no time at all', async () => {
    expect(await tape(['foo'], 0)).toMatchObject({ found: 'foo', asked: ['abc'], tookMs: 0 });
  });

  test('what gates a signal is asked with it, and not judged again', async () => {
    const run = await tape(['foo', 'ooo', 'ooo'], 20, { signal: 'b', atLeast: 1 });
    expect(run.asked).toEqual(['abc', 'a(b)', 'abc']);
  });
});
