import { DAY_MS, type Estate, EVERY_MS, HOUR_MS } from './estate.ts';
import { estates } from './estates.ts';
import type { Event, Kind } from './kind.ts';
import type { Message } from './messages.ts';
import { pick } from './noise.ts';
import { play } from './play.ts';
import type { Rival } from './rivals.ts';

/** Monday 2026-01-05 00:00 UTC. */
const MONDAY = Date.UTC(2026, 0, 5);

/** What one player did with one kind of event, over all estates and seeds. */
export interface Outcome {
  readonly kind: string;
  readonly histories: number;
  /** Of real drift: told with what it is, and after how many runs each. */
  readonly told: number;
  readonly runsUntil: readonly number[];
  /** Messages about what was wrong, those that are not, and warnings of gains that people want. */
  readonly right: number;
  readonly wrong: number;
  readonly warnings: number;
  readonly examples: readonly string[];
}

export interface Plan {
  readonly seeds: readonly number[];
  /** When it happens, in days after the first run, and how many days are watched after that, where the kind does not say. */
  readonly afterDays: number;
  readonly days: number;
  readonly rivals: readonly Rival[];
  readonly sizes?: readonly string[];
}

/** Plays a kind in every estate with every seed: an outcome for Plumbline and for each rival. */
export function measure(kind: Kind, isBreak: boolean, plan: Plan): readonly Outcome[] {
  const players = Array.from({ length: 1 + plan.rivals.length }, () => empty(kind.name));
  for (const seed of plan.seeds) {
    for (const estate of estates(seed)) {
      if (kind.on && !kind.on(estate)) continue;
      if (plan.sizes && !plan.sizes.includes(estate.name)) continue;
      const { at, event, told } = playOne(kind, estate, seed, plan, isBreak);
      for (const [index, outcome] of players.entries()) {
        const isOurs = index === 0;
        const messages = told[index] ?? [];
        if (isBreak) countBreak(outcome, messages, at, isOurs ? event : undefined, `${estate.name} ${seed}`);
        else countHealthy(outcome, messages, kind.isGain === true, `${estate.name} ${seed}`);
      }
    }
  }
  return players;
}

type Tally = { -readonly [K in keyof Outcome]: Outcome[K] extends readonly (infer T)[] ? T[] : Outcome[K] };

function empty(kind: string): Tally {
  return { kind, histories: 0, told: 0, runsUntil: [], right: 0, wrong: 0, warnings: 0, examples: [] };
}

function playOne(kind: Kind, estate: Estate, seed: number, plan: Plan, isBreak: boolean) {
  const from = MONDAY + pick(7, seed, 1) * DAY_MS + pick(288, seed, 2) * EVERY_MS;
  const after = kind.afterDays ?? plan.afterDays;
  const at = from + Math.floor(after * 24) * HOUR_MS + pick(288, seed, 3, kind.name.length) * EVERY_MS;
  const event = kind.make({ estate, seed, from, at });
  const told = play(
    {
      estate,
      from,
      to: at + (kind.days ?? plan.days) * DAY_MS,
      rows: (now) => event.change(estate.rows(now), now),
      isRollout: event.isRollout ?? (() => false),
      isOver: (told) =>
        isBreak &&
        told.every((messages, index) => messages.some(isRight(at, index === 0 ? event : undefined))),
    },
    plan.rivals,
  );
  return { at, event, told };
}

function countBreak(
  tally: Tally,
  messages: readonly Message[],
  at: number,
  event: Event | undefined,
  where: string,
): void {
  const first = messages.find(isRight(at, event));
  tally.histories += 1;
  tally.told += Number(first !== undefined);
  if (first) tally.runsUntil.push(Math.round((first.at - at) / EVERY_MS) + 1);
  else tally.examples.push(`${where}: not told`);
  // What follows from what was told is about it, too.
  const wrong = messages.filter((message) => message.at < at);
  tally.right += messages.length - wrong.length;
  tally.wrong += wrong.length;
  tally.examples.push(...wrong.map((message) => `${where}: ${worded(message)}`));
}

/** Whether a message tells what happened; of rivals, anything from then on. */
function isRight(at: number, event: Event | undefined): (message: Message) => boolean {
  return (message) => message.at >= at && (!event?.expects || message.drifts.some(event.expects));
}

function countHealthy(tally: Tally, messages: readonly Message[], isGain: boolean, where: string): void {
  tally.histories += 1;
  const allowed = isGain ? messages.filter(({ isWarning }) => isWarning).slice(0, 1) : [];
  const wrong = messages.filter((message) => !allowed.includes(message));
  tally.warnings += allowed.length;
  tally.wrong += wrong.length;
  tally.examples.push(...wrong.map((message) => `${where}: ${worded(message)}`));
}

function worded({ at, drifts }: Message): string {
  const told = drifts
    .slice(0, 2)
    .map((drift) =>
      JSON.stringify(drift, (_key, value: unknown) =>
        value instanceof Map ? Object.fromEntries(value) : value,
      ),
    );
  return `${new Date(at).toISOString()} ${told.join(' ')}`;
}
