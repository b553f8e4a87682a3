import { DAY_MS, EVERY_MS, HOUR_MS, type Row, rowOf, type Change } from './estate.ts';
import { type Kind, scaled, type Scene, target } from './kind.ts';

export type Maker = (scene: Scene) => Change;

export const always = (name: string, maker: Maker, more: Partial<Kind> = {}): Kind => ({
  name,
  ...more,
  make: (scene) => ({ change: maker(scene) }),
});

/** Every so often, for so long, from some time on. */
export const during = (at: number, from: number, everyMs: number, forMs: number): boolean =>
  at >= from && (at - from) % everyMs < forMs;

export const hourOfDay = (at: number): number => (at % DAY_MS) / HOUR_MS;
export const dayOfWeek = (at: number): number => (Math.floor(at / DAY_MS) + 4) % 7;
export const runOf = (at: number): number => Math.floor(at / EVERY_MS);
export const isNode = (row: Row): boolean => row.labels['job'] === 'kubernetes-nodes';
export const some = (scene: Scene): ((row: Row) => boolean) => target(scene, (row) => !isNode(row));
export const scaleAll =
  (factor: (at: number) => number): Change =>
  (rows, at) =>
    rows.map((row) => scaled(row, factor(at)));

export const extra = (labels: Row['labels'], count: number): Row =>
  rowOf(
    { job: 'kubernetes-pods', kubernetes_namespace: 'team-1', container: 'main', ...labels },
    ['instance', 'kubernetes_pod_name', 'pod_template_hash'],
    count,
  );

/** A row that is there only at times. */
export const sometimes = (row: Row, when: (at: number, scene: Scene) => boolean): Maker => {
  return (scene) => (rows, at) => (when(at, scene) ? [...rows, row] : rows);
};

export const byLoad =
  (scale: (at: number, scene: Scene) => number): Maker =>
  (scene) =>
    scaleAll((at) => scale(at, scene));
