import { type Evidence, unavailable } from '../evidence.ts';
import type { Row } from './answers.ts';

/** Warnings by which a server admits that it left something out (series limits; a store that did not answer). */
const LEFT_OUT = /truncat|partial/i;

/**
 * The rows of a Prometheus `query` envelope. Reads only what is used and tolerates the rest, but anything that is not
 * a vector of numbers is `invalid-response`: an answer that cannot be read must not look like an empty one.
 * `fallbackAt` stands in for the evaluation time where the vector is empty (the envelope does not carry it then).
 */
export function readVector(body: string, fallbackAt: number): Evidence<readonly Row[]> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    return unavailable('invalid-response', 'the answer is not JSON');
  }
  const envelope = asObject(parsed);
  const data = asObject(envelope?.['data']);
  const result = data?.['result'];
  if (envelope?.['status'] !== 'success' || data?.['resultType'] !== 'vector' || !Array.isArray(result)) {
    return unavailable('invalid-response', 'the answer is not a Prometheus vector');
  }
  const rows: Row[] = [];
  let at = fallbackAt;
  for (const entry of result) {
    const read = readRow(entry);
    if (!read) return unavailable('invalid-response', 'a row of the answer is not a labelled number');
    rows.push(read.row);
    at = read.at;
  }
  const warnings = Array.isArray(envelope['warnings']) ? envelope['warnings'] : [];
  const partial = warnings.some((warning) => typeof warning === 'string' && LEFT_OUT.test(warning));
  return { kind: 'found', value: rows, at, partial };
}

function readRow(entry: unknown): { row: Row; at: number } | undefined {
  const { metric, value } = asObject(entry) ?? {};
  const labels = asObject(metric);
  if (!labels || !Array.isArray(value) || typeof value[0] !== 'number' || typeof value[1] !== 'string') {
    return undefined;
  }
  const number = Number(value[1]);
  if (value[1] === '' || !Number.isFinite(number) || !Number.isFinite(value[0])) return undefined;
  if (!Object.values(labels).every((text) => typeof text === 'string')) return undefined;
  return {
    row: { labels: labels as Record<string, string>, value: number },
    at: Math.round(value[0] * 1000),
  };
}

function asObject(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}
