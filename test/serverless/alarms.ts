import { describe, expect, test } from 'vitest';
import { TICK_MS } from '../../lib/dispatch/slots.ts';
import { alarmTimes, type MetricAlarm, type Sample } from './evaluate-alarm.ts';
import { damage, type History, history, NOON, takeAway } from './histories.ts';
import { ofType, type Template } from './template.ts';

const PERIOD = 5;
/** Minutes. */
const INTERVALS = [1, 5, 15, 60];

/** The alarms of the template on histories of simulated fleets. */
export function alarming(template: () => Template): void {
  const alarmOf = (name: string): MetricAlarm => {
    const alarms = ofType(template(), 'AWS::CloudWatch::Alarm').map(
      ([, { Properties }]) => Properties as unknown as MetricAlarm,
    );
    return alarms.find(({ AlarmName }) => AlarmName === `plumbline-live-${name}`) ?? expect.unreachable(name);
  };
  /** In which minutes of a history the alarm is on, whether or not CloudWatch looks further back than it must. */
  const onIn = (name: string, { world }: History, samples: readonly Sample[]): number[] => {
    const range = { from: NOON, until: world.clock.now() + 15 * TICK_MS };
    const times = [0, 2].map((further) => alarmTimes(alarmOf(name), samples, { ...range, further }));
    const minutes = times.map((all) => all.map((at) => (at - NOON) / TICK_MS));
    // What looks further back may only be on for longer, and not for anything else.
    const [least = [], most = []] = minutes;
    expect(most.length === 0).toBe(least.length === 0);
    return most;
  };
  const samplesOf = (name: string, seen: History): readonly Sample[] => {
    const { Namespace, MetricName } = alarmOf(name);
    if (Namespace === 'Plumbline') return seen.metric(MetricName);
    return name.startsWith('dispatch') ? seen.errors.dispatch : seen.errors.verify;
  };
  const on = (name: string, seen: History) => onIn(name, seen, samplesOf(name, seen));

  describe.each(INTERVALS)('with every: %im, the alarm', (every) => {
    /** One after another, and the last one's time to be over. */
    const runs = (count: number) => Math.max(count * every, 20);

    test('blind is on while nothing of a cluster can be observed, and off when it can', async () => {
      const seen = history(every * TICK_MS);
      await seen.play(every + 2, ({ denied }) => denied.clear());
      const begins = every + 2;
      await seen.play(runs(4) + 20, ({ denied }) => void denied.add('b'));
      const mends = begins + runs(4) + 20;
      await seen.play(runs(1) + 30, ({ denied }) => denied.clear());
      const minutes = on('blind', seen);
      expect(minutes[0]).toBeLessThanOrEqual(begins + 3 * every + 3 * PERIOD + 2);
      expect(minutes.at(-1)).toBeGreaterThanOrEqual(mends);
      expect(minutes.at(-1)).toBeLessThanOrEqual(mends + every + 4 * PERIOD + 2);
    });

    test('blind is not on where one run could not look', async () => {
      const seen = history(every * TICK_MS);
      await seen.play(every + 2);
      await seen.play(every, ({ denied }) => void denied.add('b'));
      await seen.play(3 * every + 20, ({ denied }) => denied.clear());
      expect(on('blind', seen)).toEqual([]);
    });

    test('overdue is on while a cluster is not verified, and off when it is', async () => {
      const seen = history(every * TICK_MS);
      await seen.play(every + 2);
      seen.loseRuns(true);
      await seen.play(4 * every + 30);
      seen.loseRuns(false);
      const mends = 5 * every + 32;
      await seen.play(every + 40);
      const minutes = on('overdue', seen);
      expect(minutes[0]).toBeLessThanOrEqual(every + 2 + 4 * every + 3 * PERIOD);
      expect(minutes.at(-1)).toBeGreaterThanOrEqual(mends);
      expect(minutes.at(-1)).toBeLessThanOrEqual(mends + every + 4 * PERIOD);
    });

    test('overdue, verify-errors and lost runs are not on where one run broke', async () => {
      const seen = history(every * TICK_MS);
      await seen.play(every - 1);
      seen.loseRuns(true);
      await seen.play(2);
      seen.loseRuns(false);
      await seen.play(3 * every + 40);
      expect(seen.errors.verify.filter(({ value }) => value === 1).length).toBeGreaterThan(0);
      expect(seen.lost).toEqual([]);
      for (const name of ['overdue', 'verify-errors']) expect([name, on(name, seen)]).toEqual([name, []]);
    });

    test('verify-errors is on while the runs of a cluster break, forgetful too where it is for its memory', async () => {
      const seen = history(every * TICK_MS);
      await seen.play(every + 2);
      const mend = damage(seen.world, 'b');
      await seen.play(2 * every + 40);
      mend();
      const mends = 3 * every + 42;
      await seen.play(120);
      for (const name of ['verify-errors', 'forgetful']) {
        const minutes = on(name, seen);
        expect(minutes[0]).toBeLessThanOrEqual(2 * every + 2 + 24 + 2 * PERIOD);
        expect(minutes.at(-1)).toBeGreaterThanOrEqual(mends);
        expect(minutes.at(-1)).toBeLessThanOrEqual(mends + 60 + 4 * PERIOD);
      }
    });

    test('undelivered is on while a message waits, and off when it is taken', async () => {
      const seen = history(every * TICK_MS);
      await seen.play(every + 2);
      const begins = every + 2;
      seen.world.down.add('chat');
      await seen.play(runs(3) + 20, ({ silent }) => void silent.add('b'));
      const mends = begins + runs(3) + 20;
      seen.world.down.clear();
      await seen.play(every + 40);
      expect(seen.world.titles()).toHaveLength(1);
      const minutes = on('undelivered', seen);
      // Told after the second run, or the second look.
      expect(minutes[0]).toBeLessThanOrEqual(begins + 2 * every + 4 * PERIOD);
      expect(minutes.at(-1)).toBeGreaterThanOrEqual(mends);
      expect(minutes.at(-1)).toBeLessThanOrEqual(mends + every + 4 * PERIOD);
    });
  });

  test.each(INTERVALS)(
    'with every: %im, undelivered is not on where a channel was down once',
    async (every) => {
      const seen = history(every * TICK_MS);
      await seen.play(every + 2);
      const refused = () => seen.world.log.some(({ what }) => what === 'undelivered');
      await seen.play(4 * every + 20, ({ silent, down }) => {
        silent.add('b');
        if (refused()) down.clear();
        else down.add('chat');
      });
      expect(refused()).toBe(true);
      expect(seen.world.titles()).toHaveLength(1);
      expect(on('undelivered', seen)).toEqual([]);
    },
  );

  test.each([1, 60])('with every: %im, no alarm is on for a few minutes without a memory', async (every) => {
    const seen = history(every * TICK_MS);
    await seen.play(every + 3);
    const giveBack = takeAway(seen.world);
    await seen.play(4);
    giveBack();
    await seen.play(60);
    expect(seen.metric('MemoryErrors').length).toBeGreaterThan(0);
    for (const name of ['dispatch-errors', 'verify-errors', 'forgetful', 'overdue', 'blind', 'undelivered'])
      expect([name, on(name, seen)]).toEqual([name, []]);
  });

  test.each([5, 60])('with every: %im, forgetful is on where there is no memory for long', async (every) => {
    const seen = history(every * TICK_MS);
    await seen.play(every + 3);
    takeAway(seen.world);
    await seen.play(30);
    expect(on('forgetful', seen)[0]).toBeLessThanOrEqual(every + 3 + 4 * PERIOD);
    expect(on('dispatch-errors', seen)[0]).toBeLessThanOrEqual(every + 3 + 4 * PERIOD);
  });

  test('silent is on when the schedule stops, and not for one tick that was lost', () => {
    const ticks = Array.from({ length: 60 }, (_, minute) => ({ at: NOON + minute * TICK_MS, value: 1 }));
    const hour = { from: NOON + 15 * TICK_MS, until: NOON + 60 * TICK_MS, further: 0 };
    const alarm = alarmOf('silent');
    expect(alarmTimes(alarm, ticks.toSpliced(30, 3), hour)).toEqual([]);
    expect(alarmTimes(alarm, ticks.slice(0, 30), hour)[0]).toBe(NOON + 45 * TICK_MS);
  });
}
