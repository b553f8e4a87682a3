import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TICK_MS } from '../../lib/dispatch/slots.ts';
import type { Message } from '../../lib/message.ts';
import { CHANNELS, disturbed, type History, type Minute, playMinutes, undisturbed } from './histories.ts';

/** The sentences about telling across invocations, over `numRuns` random histories each. */
export function historyProperties(numRuns: number): void {
  const holds = (minute: fc.Arbitrary<Minute>, check: (history: History, channel: string) => void) =>
    fc.assert(
      fc.asyncProperty(fc.scheduler(), fc.array(minute, { maxLength: 14 }), async (scheduler, minutes) => {
        const history = await playMinutes(minutes, scheduler);
        for (const channel of CHANNELS) check(history, channel);
        expect(history).toMatchObject({ owesNothing: true, ticksLeftNothing: true });
      }),
      { numRuns },
    );

  test('while no process dies every incident is told once per channel, and once that it is over', async () => {
    await holds(undisturbed, (history, channel) => {
      const messages = about(history, channel);
      const ids = messages.map(({ message }) => message.id);
      expect(ids).toHaveLength(new Set(ids).size);
      const clusters = history.incidents.map((incident) => incident.split(' ')[0] ?? '').toSorted();
      expect(messages.flatMap(({ message }) => opened(message)).toSorted()).toEqual(clusters);
      expect(messages.flatMap(({ message }) => over(message)).toSorted()).toEqual(clusters);
    });
  });

  test('what opens in three clusters within one tick is one message', async () => {
    await holds(undisturbed, (history, channel) => {
      const tickOf = (at: number) => Math.floor(at / TICK_MS);
      const together = Map.groupBy(history.incidents, (incident) => tickOf(Number(incident.split(' ')[1])));
      const storms = [...together.values()].filter((incidents) => incidents.length >= 3).length;
      const told = about(history, channel).filter(({ message }) => opened(message).length >= 3);
      expect(told).toHaveLength(storms);
      for (const { message } of told) expect(message.title).toMatch(/^[34] clusters are failing \(region/);
    });
  });

  test('lost ticks and runs, crashes and channels that are down lose nothing', async () => {
    await holds(disturbed, (history, channel) => {
      const messages = about(history, channel);
      for (const incident of history.incidents) {
        const [cluster = '', openedAt] = incident.split(' ');
        const heard = messages.filter(
          ({ at, message }) =>
            at >= Number(openedAt) && [...named(message), ...over(message)].includes(cluster),
        );
        expect(heard.length, incident).toBeGreaterThan(0);
        expect(over(heard.at(-1)?.message), incident).toContain(cluster);
      }
      const ids = messages.map(({ message }) => message.id);
      expect(ids.length - new Set(ids).size).toBeLessThanOrEqual(history.disturbances);
    });
  });
}

/** What a channel was told about clusters: what Plumbline says of itself is not in it. */
function about({ world }: History, channel: string) {
  return world.told.filter((one) => one.channel === channel && !one.message.title.startsWith('Plumbline: '));
}

/** The clusters that a message tells as failing. */
function named({ clusters, entries }: Message): readonly string[] {
  return entries.length === 0 ? [] : clusters.length === 1 ? clusters : entries.map(({ name }) => name);
}

function opened(message: Message): readonly string[] {
  return message.reason === 'opened' ? named(message) : [];
}

function over(message: Message | undefined): readonly string[] {
  if (!message || message.over.length === 0) return [];
  const { clusters } = message;
  return clusters.length === 1 ? clusters : message.over.flatMap(({ signals }) => signals.split(', '));
}
