import type { Report } from './report/report.ts';

/** What `check` answers: the report, and what was done differently from what was asked. */
export interface Answer extends Report {
  /** How many signals were left out of an answer that would have been too large; the verdicts count them. */
  readonly omitted?: number;
  /** How long could be waited at most, where that is less than was asked for. */
  readonly waitCappedTo?: string;
  /** How often Plumbline itself broke; what it was is in the log. */
  readonly defects?: number;
}

/** The answer to an event that could not be run. */
export interface Refusal {
  readonly error: string;
  readonly problems?: readonly string[];
}

const ORDER = { ok: 0, unknown: 1, failing: 2 } as const;

/** The answer in at most `mostBytes` of JSON, leaving out whole signals: ok ones first, failing ones last. */
export function withinBytes(answer: Answer, mostBytes: number): Answer {
  const size = (value: unknown) => Buffer.byteLength(JSON.stringify(value)) + 1;
  const all = answer.clusters.flatMap((cluster, at) => cluster.signals.map((signal) => ({ at, signal })));
  let bytes = size({ ...answer, omitted: all.length }) + all.length;
  if (bytes <= mostBytes) return answer;
  const dropped = new Set<unknown>();
  for (const { signal } of all.sort((a, b) => ORDER[a.signal.verdict] - ORDER[b.signal.verdict])) {
    if (bytes <= mostBytes) break;
    dropped.add(signal);
    bytes -= size(signal);
  }
  const clusters = answer.clusters.map((cluster) => ({
    ...cluster,
    signals: cluster.signals.filter((signal) => !dropped.has(signal)),
  }));
  return { ...answer, clusters, omitted: dropped.size };
}
