import { type Evidence, type Reason, unavailable } from '../evidence.ts';
import type { Row } from './answers.ts';
import { quote } from './text.ts';

/** Measured best on a local Prometheus: fewer cost round trips, more cost the server's `or` (toolchain.md). */
const MAX_BRANCHES = 50;
const MAX_QUERY_CHARACTERS = 16_000;
const TAG = 'plumbline_q';

const SPLITS: ReadonlySet<Reason> = new Set<Reason>(['rejected', 'too-expensive', 'timeout']);

export interface BatchPorts {
  /** Asks one query; `alone` when nothing can be split off it. */
  readonly query: (promql: string, alone: boolean) => Promise<Evidence<readonly Row[]>>;
  /** Queries that were too expensive, too late, too long, or fit in no batch last time: asked alone from the start. Remembered by the caller. */
  readonly expensive: Set<string>;
}

/**
 * Answers many aggregate queries with few requests: each becomes a tagged branch of one `or`. A batch that is rejected,
 * too expensive, late or truncated is halved until the guilty query stands alone, so that one bad signal never blinds the
 * others.
 */
export async function askInBatches(
  queries: readonly string[],
  ports: BatchPorts,
): Promise<ReadonlyMap<string, Evidence<readonly Row[]>>> {
  const answers = new Map<string, Evidence<readonly Row[]>>();
  const distinct = [...new Set(queries)];
  const alone = distinct.filter((query) => ports.expensive.has(query)).map((query) => [query]);
  const together = fill(distinct.filter((query) => !ports.expensive.has(query)));
  await Promise.all([...alone, ...together].map((batch) => askBatch(batch, ports, answers)));
  remember(answers, ports.expensive);
  return answers;
}

/** Where nothing is answered in time, the server is slow, and no query is to blame. */
function remember(
  answers: ReadonlyMap<string, Evidence<readonly Row[]>>,
  expensive: BatchPorts['expensive'],
): void {
  const isAnyFound = [...answers.values()].some(({ kind }) => kind === 'found');
  for (const [query, evidence] of answers) {
    if (evidence.kind === 'found' && (evidence.isTruncated || evidence.isScalar)) expensive.add(query);
    else if (evidence.kind === 'found') expensive.delete(query);
    if (evidence.kind !== 'unavailable') continue;
    if (evidence.reason === 'rejected' && isAnyFound) expensive.add(query);
    if (!evidence.isCostly) continue;
    if (isAnyFound || evidence.reason === 'too-expensive') expensive.add(query);
  }
}

function fill(queries: readonly string[]): string[][] {
  const batches: string[][] = [];
  let characters = Number.POSITIVE_INFINITY;
  for (const query of queries) {
    const current = batches.at(-1);
    if (current && current.length < MAX_BRANCHES && characters + query.length <= MAX_QUERY_CHARACTERS) {
      current.push(query);
      characters += query.length;
    } else {
      batches.push([query]);
      characters = query.length;
    }
  }
  return batches;
}

async function askBatch(
  batch: readonly string[],
  ports: BatchPorts,
  answers: Map<string, Evidence<readonly Row[]>>,
): Promise<void> {
  const [first] = batch;
  if (first === undefined) return;
  if (batch.length === 1) {
    const evidence = await ports.query(first, true);
    answers.set(first, evidence);
    return;
  }
  const evidence = await ports.query(batch.map(branch).join(' or '), false);
  if (isWorthSplitting(evidence)) {
    const middle = Math.ceil(batch.length / 2);
    await Promise.all([
      askBatch(batch.slice(0, middle), ports, answers),
      askBatch(batch.slice(middle), ports, answers),
    ]);
    return;
  }
  deal(batch, evidence, answers);
}

/** Whether by splitting the guilty query may be found and the others be answered. */
function isWorthSplitting(evidence: Evidence<unknown>): boolean {
  if (evidence.kind === 'found') return evidence.isTruncated ?? false;
  return evidence.kind === 'unavailable' && (SPLITS.has(evidence.reason) || (evidence.isDoubtful ?? false));
}

function branch(query: string, index: number): string {
  return `label_replace(${query}, "${TAG}", ${quote(String(index))}, "", "")`;
}

function deal(
  batch: readonly string[],
  evidence: Evidence<readonly Row[]>,
  answers: Map<string, Evidence<readonly Row[]>>,
): void {
  if (evidence.kind !== 'found') {
    for (const query of batch) answers.set(query, evidence);
    return;
  }
  const rowsOf = batch.map((): Row[] => []);
  for (const { labels, value } of evidence.value) {
    const { [TAG]: tag, ...rest } = labels;
    const rows = rowsOf[Number(tag ?? Number.NaN)];
    if (!rows) {
      const lost = unavailable(
        'invalid-response',
        'a row of the answer belongs to no question that was asked',
      );
      for (const query of batch) answers.set(query, lost);
      return;
    }
    rows.push({ labels: rest, value });
  }
  for (const [index, query] of batch.entries()) {
    answers.set(query, { ...evidence, value: rowsOf[index] ?? [] });
  }
}
