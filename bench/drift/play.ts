import type { Baseline } from '../../lib/baseline/baseline.ts';
import { learn } from '../../lib/baseline/learn.ts';
import { nameDrift } from '../../lib/baseline/name-drift.ts';
import { seriesDrift } from '../../lib/baseline/series-drift.ts';
import type { Drift, Shape } from '../../lib/baseline/shape.ts';
import { valueDrift } from '../../lib/baseline/value-drift.ts';
import { EVERY_MS, type Estate, type Row, shapeOf } from './estate.ts';
import { keyOf, type Message, telling } from './messages.ts';
import type { Rival } from './rivals.ts';

export const TOLERANCE = 0.2;

export interface History {
  readonly estate: Estate;
  readonly from: number;
  readonly to: number;
  /** The rows with what happened to them. */
  readonly rows: (at: number) => readonly Row[];
  /** While old and new generations overlap, which the planes are asked for. */
  readonly isRollout: (at: number) => boolean;
  /** What has been told so far is enough. */
  readonly isOver: (told: readonly (readonly Message[])[]) => boolean;
}

/** Every run of a history through the real code, and through what people use instead. */
export function play(history: History, rivals: readonly Rival[] = []): readonly (readonly Message[])[] {
  const { estate, from, to, rows, isRollout, isOver } = history;
  const players = [plumbline(estate.sets), ...rivals.map((rival) => rival())];
  const tellers = players.map(() => telling());
  const told: Message[][] = players.map(() => []);
  for (let at = from; at < to; at += EVERY_MS) {
    const shape = shapeOf(estate, rows(at), at);
    for (const [index, player] of players.entries()) {
      const drifts = player(shape, isRollout(at));
      const message = tellers[index]?.(
        at,
        drifts.map((drift) => [keyOf(drift), drift]),
      );
      if (message) told[index]?.push(message);
    }
    if (isOver(told)) break;
  }
  return told;
}

function plumbline(sets: boolean): (shape: Shape, rollout: boolean) => readonly Drift[] {
  let baseline: Baseline | undefined;
  return (shape, rollout) => {
    const found = [
      ...seriesDrift(baseline, shape, { drop: TOLERANCE, rise: TOLERANCE }),
      ...nameDrift(baseline, shape, { sets }),
      ...valueDrift(baseline, shape),
    ];
    const drifts = rollout ? found.filter(({ kind }) => kind !== 'rise') : found;
    baseline = learn(baseline, shape, { fed: drifts.length === 0, rollout, drifts });
    return drifts;
  };
}
