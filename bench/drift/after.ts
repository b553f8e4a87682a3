import type { Drift } from '../../lib/baseline/shape.ts';
import type { Row } from './estate.ts';
import { changed, type Event, type Kind, type Scene, target } from './kind.ts';

export type Of = (row: Row) => boolean;
export type Map1 = (row: Row) => Row;

export const all: Of = () => true;
export const isJob =
  (job: string): Of =>
  (row) =>
    row.labels['job'] === job;
export const PODS = isJob('kubernetes-pods');
export const NODES = isJob('kubernetes-nodes');

/** What happens to some rows from a time on, and the drift that tells it. */
export function after(
  name: string,
  of: (scene: Scene) => Of,
  how: Map1,
  expects: Expects,
  more: Partial<Kind> = {},
): Kind {
  return {
    name,
    ...more,
    make: (scene): Event => {
      const chosen = of(scene);
      return {
        change: (rows, at) => (at < scene.at ? rows : changed(rows, chosen, how)),
        expects: (drift) => expects(drift, scene),
      };
    },
  };
}

export type Expects = (drift: Drift, scene: Scene) => boolean;

export const names =
  (kinds: readonly string[], ...about: readonly string[]): Expects =>
  (drift) =>
    drift.of === 'names' &&
    kinds.includes(drift.kind) &&
    (about.length === 0 || about.some((name) => [...drift.names, ...(drift.now ?? [])].includes(name)));
export const series =
  (...kinds: readonly string[]): Expects =>
  (drift) =>
    drift.of === 'series' && kinds.includes(drift.kind);
export const values =
  (...kinds: readonly string[]): Expects =>
  (drift) =>
    drift.of === 'values' && kinds.includes(drift.kind);
export const either =
  (...expects: readonly Expects[]): Expects =>
  (drift, scene) =>
    expects.some((one) => one(drift, scene));

export const ONE_DOWN = either(series('drop', 'gone'), values('gone'));
export const MOVED = either(series('gone', 'new'), values('gone', 'new'));
export const RENAMED = names(['renamed']);

export const ofAll = (): Of => all;
export const ofPods = (): Of => PODS;
export const large =
  (least: number): ((scene: Scene) => Of) =>
  (scene) =>
    target(scene, (row) => row.series >= least && !NODES(row));
