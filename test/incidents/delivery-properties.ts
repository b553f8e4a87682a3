import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  CHANNELS,
  disturbed,
  muted,
  type Outcome,
  playTicks,
  type Tick,
  undisturbed,
  withOutages,
} from './deliveries.ts';

/** The sentences about telling, over `numRuns` random histories each. */
export function deliveryProperties(numRuns: number): void {
  const holds = (tick: fc.Arbitrary<Tick>, check: (outcome: Outcome) => void) =>
    fc.assert(
      fc.asyncProperty(fc.scheduler(), fc.array(tick, { maxLength: 9 }), async (scheduler, ticks) => {
        const outcome = await playTicks(ticks, scheduler);
        check(outcome);
        expect(outcome.owesNothing).toBe(true);
        expect(Object.keys(outcome.last.signals)).toEqual([]);
      }),
      { numRuns },
    );

  test('without a crash every transition is told exactly once per channel', async () => {
    await holds(undisturbed, (outcome) => {
      for (const channel of CHANNELS) {
        expect(ids(outcome, channel)).toHaveLength(new Set(ids(outcome, channel)).size);
        const opened = openings(outcome, channel);
        expect(opened.toSorted()).toEqual(signalsOf(outcome.incidents).toSorted());
        expect(recoveries(outcome, channel).toSorted()).toEqual(opened.toSorted());
      }
    });
  });

  test('a channel that is down for a while loses nothing and hears nothing twice', async () => {
    await holds(withOutages, (outcome) => {
      for (const channel of CHANNELS) {
        expect(ids(outcome, channel)).toHaveLength(new Set(ids(outcome, channel)).size);
        losesNone(outcome, channel);
      }
    });
  });

  test('mutes, outages of channels and crashes together leave nobody with an incident that is over', async () => {
    await holds(muted, (outcome) => {
      for (const channel of CHANNELS) endsWell(outcome, channel);
    });
  });

  test('crashes between any two steps lose nothing, and repeat at most what was being sent', async () => {
    await holds(disturbed, (outcome) => {
      for (const channel of CHANNELS) {
        losesNone(outcome, channel);
        const told = ids(outcome, channel);
        expect(told.length - new Set(told).size).toBeLessThanOrEqual(outcome.disturbances);
      }
    });
  });
}

/** Whoever heard of a signal at all heard last that it is over. */
function endsWell({ taken }: Outcome, channel: string): void {
  const last = new Map<string, boolean>();
  for (const { entries, over } of messages(taken, channel)) {
    for (const { name } of entries) last.set(name, false);
    for (const { signals } of over) for (const name of signals.split(', ')) last.set(name, true);
  }
  for (const [name, isOver] of last) expect(isOver, name).toBe(true);
}

function ids({ taken }: Outcome, channel: string): string[] {
  return messages(taken, channel).map(({ id }) => id);
}

function messages(taken: Outcome['taken'], channel: string) {
  return taken.filter((one) => one.channel === channel).map(({ message }) => message);
}

/** The signals of which the channel heard that an incident opened. */
function openings({ taken }: Outcome, channel: string): string[] {
  return messages(taken, channel).flatMap(({ entries }) =>
    entries.flatMap(({ name, why }) => (why.startsWith('failing in') ? [name] : [])),
  );
}

function recoveries({ taken }: Outcome, channel: string): string[] {
  return messages(taken, channel).flatMap(({ over }) =>
    over.flatMap(({ what, signals }) => (what === 'recovered' ? signals.split(', ') : [])),
  );
}

function signalsOf(incidents: readonly string[]): string[] {
  return incidents.map((incident) => incident.split(' ')[0] ?? '');
}

/** Of each incident the channel heard something after it opened, and of the last one of each signal that it is over. */
function losesNone(outcome: Outcome, channel: string): void {
  const told = messages(outcome.taken, channel).map(({ checkedAt, entries, over }) => ({
    at: Date.parse(checkedAt),
    entries: entries.map(({ name }) => name),
    over: over.flatMap(({ signals }) => signals.split(', ')),
  }));
  for (const incident of outcome.incidents) {
    const [signal = '', openedAt] = incident.split(' ');
    const heard = told.filter(
      ({ at, entries, over }) =>
        at >= Number(openedAt) && (entries.includes(signal) || over.includes(signal)),
    );
    expect(heard.length, incident).toBeGreaterThan(0);
    expect(heard.at(-1)?.over, incident).toContain(signal);
  }
}
