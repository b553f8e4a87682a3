import type { SimulatedContainer } from './ecs-state.ts';
import { CRASHED, KEPT_MS } from './estate.ts';
import type { SentSeries } from './sent-series.ts';
import type { StoredSeries } from './storage.ts';
import type { StaleMarkers } from './timeline.ts';

export const COLLECTOR: SimulatedContainer = {
  name: 'aws-otel-collector',
  image: 'public.ecr.aws/aws-observability/aws-otel-collector:v0.49.0',
};

/** The tasks of an application, each with the series that it sends from its first second to its last. */
export interface Tasks {
  readonly current: () => readonly SentSeries[];
  /** Other tasks take their place, from `begun` on; these end at `at`. */
  readonly replace: (at: number, begun: number, how: StaleMarkers) => void;
  readonly scale: (count: number, at: number, how: StaleMarkers) => void;
  /** What is sent is lost from `at` on, and for so long. */
  readonly pause: (at: number, gapMs: number) => void;
  readonly stop: (at: number, how: StaleMarkers, which?: readonly SentSeries[]) => void;
  readonly start: (at: number) => void;
  /** All that were ever sent, without those that ended long ago. */
  readonly series: readonly StoredSeries[];
}

/** Two tasks, made by `create` from a number that no other task has, and running since then (ms). */
export function startTasks(
  create: (number: number, since: number) => readonly SentSeries[],
  since: number,
): Tasks {
  let born = 0;
  let running: readonly (readonly SentSeries[])[] = [];
  let ended: readonly { readonly at: number; readonly series: readonly SentSeries[] }[] = [];
  const begin = (count: number, at: number) =>
    Array.from({ length: Math.max(0, count) }, () => create((born += 1), at));
  const end = (tasks: readonly (readonly SentSeries[])[], at: number, how: StaleMarkers): void => {
    for (const one of tasks.flat()) one.stop(at, how);
    ended = [...ended.filter((one) => one.at > at - KEPT_MS), ...tasks.map((series) => ({ at, series }))];
  };
  const stop: Tasks['stop'] = (at, how, which = running.flat()) => {
    for (const one of which) one.stop(at, how);
  };
  const start = (at: number): void => {
    for (const one of running.flat()) one.start(at);
  };
  running = begin(2, since);
  return {
    current: () => running.flat(),
    replace: (at, begun, how) => {
      end(running, at, how);
      running = begin(running.length, begun);
    },
    scale: (count, at, how) => {
      end(running.slice(count), at, how);
      running = [...running.slice(0, count), ...begin(count - running.length, at)];
    },
    pause: (at, gapMs) => {
      stop(at, CRASHED);
      start(at + gapMs);
    },
    stop,
    start,
    get series() {
      return [...ended.flatMap(({ series }) => series), ...running.flat()];
    },
  };
}
