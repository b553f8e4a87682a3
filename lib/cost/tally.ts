import type { ObservedRequest, ObservedUnits } from '../requests.ts';
import type { Plane } from '../signal.ts';

/** What one run asked of one API of a plane. */
export interface Tally {
  readonly plane: Plane | undefined;
  readonly action: string;
  readonly requests: number;
  readonly metrics: number;
  /** Samples or traces, as far as answers told. */
  readonly units: number;
  /** Answers that told, and those that did not. */
  readonly told: number;
  readonly untold: number;
}

/** Counts what a run asks. */
export interface Counter {
  readonly onRequest: (request: ObservedRequest) => void;
  readonly onUnits: (units: ObservedUnits) => void;
  /** So far, by plane and action. */
  readonly tallies: () => readonly Tally[];
}

export function counter(): Counter {
  const tallies = new Map<string, Tally>();
  const add = (
    { plane, action }: Pick<ObservedRequest, 'plane' | 'action'>,
    more: Partial<Omit<Tally, 'plane' | 'action'>>,
  ): void => {
    const key = JSON.stringify([plane, action]);
    const before = tallies.get(key) ?? nothing(plane, action);
    const { requests = 0, metrics = 0, units = 0, told = 0, untold = 0 } = more;
    tallies.set(key, {
      ...before,
      requests: before.requests + requests,
      metrics: before.metrics + metrics,
      units: before.units + units,
      told: before.told + told,
      untold: before.untold + untold,
    });
  };
  return {
    onRequest: (request) => add(request, { requests: 1, metrics: request.metrics ?? 0 }),
    onUnits: (units) =>
      add(units, units.count === undefined ? { untold: 1 } : { told: 1, units: units.count }),
    tallies: () => [...tallies.values()],
  };
}

/** A tally before anything was asked. */
export function nothing(plane: Plane | undefined, action: string): Tally {
  return { plane, action, requests: 0, metrics: 0, units: 0, told: 0, untold: 0 };
}
