import { TICK_MS, tickOf } from '../../lib/dispatch/slots.ts';
import { StoreError } from '../../lib/stores/store.ts';
import { troubleOf } from '../../lib/watched.ts';
import { type Fleet, fleet, NOON, type Queued } from '../dispatch/fleet.ts';
import type { Sample } from './evaluate-alarm.ts';

/** As long as a message is invisible, and so often it is received: serverless.yml. */
const VISIBILITY_MS = 720_000;
const RECEIVES = 3;

/** A fleet that is played tick by tick, and what CloudWatch would have of it. */
export function history(everyMs: number) {
  // So that each cluster's runs begin at another second.
  const world = fleet(['a', 'b'], { everyMs });
  const errors = { dispatch: [] as Sample[], verify: [] as Sample[] };
  const lost: number[] = [];
  const received = new Map<Queued, number>();
  let isLosing = false;

  async function verified(message: Queued): Promise<void> {
    const { clock } = world;
    clock.advance(Math.max(0, message.at - clock.now()));
    const tries = (received.get(message) ?? 0) + 1;
    const at = clock.now();
    const isBroken = isLosing || troubleOf(await world.verify(message), []) !== undefined;
    errors.verify.push({ at, value: isBroken ? 1 : 0 });
    if (!isBroken) return;
    if (tries === RECEIVES) return void lost.push(at);
    const again = { ...message, at: at + VISIBILITY_MS };
    received.set(again, tries);
    world.queue.push(again);
  }

  return {
    world,
    errors,
    lost,
    /** Runs break before anything of them is counted. */
    loseRuns: (loses: boolean) => void (isLosing = loses),
    play: async (minutes: number, during: (world: Fleet) => void = () => {}): Promise<void> => {
      for (let minute = 0; minute < minutes; minute += 1) {
        const { clock } = world;
        const invokedAt = tickOf(clock.now()) + TICK_MS;
        clock.advance(invokedAt - clock.now());
        during(world);
        const result = await world.dispatch(invokedAt);
        const isBroken = troubleOf(result, []) !== undefined || result.unsent > 0;
        errors.dispatch.push({ at: invokedAt, value: isBroken ? 1 : 0 });
        for (const message of world.take(invokedAt + TICK_MS)) await verified(message);
      }
    },
    /** What was written of a metric that has the stage for its only dimension. */
    metric: (name: string): Sample[] =>
      world.emitted.flatMap((line) => {
        const { _aws: aws, [name]: value } = line as {
          _aws: { Timestamp: number; CloudWatchMetrics: [{ Dimensions: [string[]] }] };
          [name: string]: unknown;
        };
        const isOfStage = aws.CloudWatchMetrics[0].Dimensions[0].join() === 'Stage';
        return isOfStage && typeof value === 'number' ? [{ at: aws.Timestamp, value }] : [];
      }),
  };
}

export type History = ReturnType<typeof history>;

/** What is remembered of one cluster cannot be read until it is given back. */
export function damage({ kept }: Fleet, cluster: string): () => void {
  const whole = { ...kept };
  kept.read = (name) =>
    name === cluster ? Promise.reject(new StoreError('unreadable', 'damaged')) : whole.read(name);
  return () => void Object.assign(kept, whole);
}

/** Nothing can be read or written until it is given back. */
export function takeAway({ kept }: Fleet): () => void {
  const whole = { ...kept };
  const refused = () => Promise.reject(new StoreError('unreachable', 'no answer'));
  Object.assign(kept, { read: refused, write: refused, standings: refused });
  return () => void Object.assign(kept, whole);
}

export { NOON };
