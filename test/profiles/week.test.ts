import { weekHolds } from './week-holds.ts';
import type { Week } from './week.ts';

const HOUR_MS = 3_600_000;
/** Hours between two things that happen to a pipeline. */
const APART = 0.25;

weekHolds({ hours: 2, firstHour: 20, busy });

/** In a few hours everything happens to every pipeline, to each in another order. */
function busy({ standing, plan }: Week): void {
  for (const [index, { cluster, estate }] of standing.entries()) {
    const { delay, quiet, scale, rotateNode } = estate;
    const all: readonly ((at: number) => void)[] = [
      (at) => estate.rollOut(at, index % 2 === 0 ? 40_000 : -60_000),
      (at) => estate.restart(at, 45_000),
      (at) => scale?.(5, at),
      (at) => rotateNode?.(at),
      (at) => delay?.(at, at + HOUR_MS, 10),
      (at) => quiet?.(at, at + HOUR_MS),
      (at) => scale?.(2, at),
    ];
    for (const [step, happen] of all.entries())
      plan(cluster, 0.2 + ((step + index) % all.length) * APART + index * 0.01, happen);
  }
}
