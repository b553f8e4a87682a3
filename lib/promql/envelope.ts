import { type Evidence, found, unavailable } from '../evidence.ts';
import { isTime } from '../instant.ts';
import { printable } from '../printable.ts';
import type { Row } from './answers.ts';

/**
 * Warnings about the query or its price. Every other one (series limits, a store or a remote that did not answer, in
 * words of their own) is taken to mean that something was left out.
 */
const HARMLESS = /^PromQL (info|warning):|samples processed|max_samples_processed/i;
const TRUNCATED = /\btruncated\b/i;

/**
 * The rows of a Prometheus `query` envelope; a scalar is one row. Reads only what is used and tolerates the rest, but
 * anything that holds no numbers is `invalid-response`: an answer that cannot be read must not look like an empty one.
 * `fallbackAt` stands in for the evaluation time where the vector is empty (the envelope does not carry it then).
 */
export function readVector(body: string, fallbackAt: number): Evidence<readonly Row[]> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    return unavailable(
      'invalid-response',
      `the answer is not JSON${pageTitle(body)}; is this the base URL of the server?`,
    );
  }
  const envelope = asObject(parsed);
  const data = asObject(envelope?.['data']);
  const isScalar = data?.['resultType'] === 'scalar';
  const result = isScalar ? [{ metric: {}, value: data['result'] }] : data?.['result'];
  const isKnown = isScalar || data?.['resultType'] === 'vector';
  if (envelope?.['status'] !== 'success' || !isKnown || !Array.isArray(result)) {
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
  const partial = warnings.some((warning) => typeof warning !== 'string' || !HARMLESS.test(warning));
  const isTruncated = warnings.some((warning) => typeof warning === 'string' && TRUNCATED.test(warning));
  return {
    ...found(rows, at),
    partial,
    ...(isTruncated ? { isTruncated } : {}),
    ...(isScalar ? { isScalar } : {}),
  };
}

/** What a person would see there: the title of a page. */
function pageTitle(body: string): string {
  const title = /<title[^>]*>([^<]{1,100})/i.exec(body)?.[1];
  return title === undefined ? '' : ` but a page, "${printable(title.trim(), 80)}"`;
}

function readRow(entry: unknown): { row: Row; at: number } | undefined {
  const { metric, value } = asObject(entry) ?? {};
  const labels = asObject(metric);
  if (!labels || !Array.isArray(value) || typeof value[0] !== 'number' || typeof value[1] !== 'string') {
    return undefined;
  }
  const number = numberOf(value[1]);
  if (number === undefined || !isTime(value[0] * 1000)) return undefined;
  if (!Object.values(labels).every((text) => typeof text === 'string')) return undefined;
  return {
    row: { labels: labels as Record<string, string>, value: number },
    at: Math.round(value[0] * 1000),
  };
}

/** Prometheus writes `NaN`, `+Inf` and `-Inf` where a value is no finite number. */
function numberOf(text: string): number | undefined {
  if (text === 'NaN') return Number.NaN;
  if (text === '+Inf' || text === '-Inf') return text === '+Inf' ? Infinity : -Infinity;
  const number = Number(text);
  return text === '' || !Number.isFinite(number) ? undefined : number;
}

function asObject(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}
