export type ValueType = 'scalar' | 'string' | 'vector' | 'matrix';

export interface Signature {
  readonly takes: readonly ValueType[];
  readonly returns: ValueType;
}

const overTime: Signature = { takes: ['matrix'], returns: 'vector' };

/** The functions that the rehearsal answers. */
export const signatures: ReadonlyMap<string, Signature> = new Map<string, Signature>([
  ['time', { takes: [], returns: 'scalar' }],
  ['timestamp', { takes: ['vector'], returns: 'vector' }],
  ['absent', { takes: ['vector'], returns: 'vector' }],
  ['label_replace', { takes: ['vector', 'string', 'string', 'string', 'string'], returns: 'vector' }],
  ['last_over_time', overTime],
  ['present_over_time', overTime],
  ['count_over_time', overTime],
  ['max_over_time', overTime],
  ['min_over_time', overTime],
  ['sum_over_time', overTime],
  ['avg_over_time', overTime],
  ['quantile_over_time', { takes: ['scalar', 'matrix'], returns: 'vector' }],
  ['scalar', { takes: ['vector'], returns: 'scalar' }],
  ['vector', { takes: ['scalar'], returns: 'vector' }],
]);
