import { QueryError } from './error.ts';
import { labelsKey } from './labels.ts';
import type { Labels } from './labels.ts';

export interface VectorSample {
  readonly labels: Labels;
  readonly value: number;
}

export interface Point {
  /** Milliseconds. */
  readonly at: number;
  readonly value: number;
}

export interface MatrixSeries {
  readonly labels: Labels;
  readonly points: readonly Point[];
}

export type Value =
  | { readonly type: 'scalar'; readonly value: number }
  | { readonly type: 'string'; readonly value: string }
  | { readonly type: 'vector'; readonly samples: readonly VectorSample[] }
  | { readonly type: 'matrix'; readonly series: readonly MatrixSeries[] };

/** The same vector; throws QueryError where two samples have one label set. */
export function withoutDuplicates(samples: readonly VectorSample[]): readonly VectorSample[] {
  if (samples.length < 2) return samples;
  if (new Set(samples.map(({ labels }) => labelsKey(labels))).size === samples.length) return samples;
  throw new QueryError('execution', 'vector cannot contain metrics with the same labelset');
}

/** Prometheus's form of a value in a vector. */
export function formatValue(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  if (Object.is(value, -0)) return '-0';
  return String(value).replace(/e([+-])(\d)$/u, 'e$10$2');
}

/** Prometheus's form of a scalar result, which never has an exponent. */
export function formatScalar(value: number): string {
  const text = formatValue(value);
  const [, sign = '', whole = '', fraction = '', exponent] = /^(-?)(\d)\.?(\d*)e(.+)$/u.exec(text) ?? [];
  if (exponent === undefined) return text;
  const digits = `${whole}${fraction}`;
  const places = Number(exponent);
  return places < 0
    ? `${sign}0.${'0'.repeat(-places - 1)}${digits}`
    : `${sign}${digits.padEnd(places + 1, '0')}`;
}
