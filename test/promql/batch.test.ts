import fc from 'fast-check';
import { expect, test } from 'vitest';
import { unavailable } from '../../lib/evidence.ts';
import { askInBatches, type BatchPorts } from '../../lib/promql/batch.ts';

/** Answers each branch with one row that carries its query, unless a poisoned query is among them. */
function server(
  poisoned: readonly string[] = [],
  reason: 'rejected' | 'too-expensive' | 'timeout' = 'rejected',
) {
  const asked: string[][] = [];
  const query: BatchPorts['query'] = async (promql) => {
    const branches = [...promql.matchAll(/label_replace\((\S+), "plumbline_q", "(\d+)", "", ""\)/g)];
    const queries = branches.length === 0 ? [promql] : branches.map(([, text = '']) => text);
    asked.push(queries);
    if (queries.some((text) => poisoned.includes(text))) {
      return { ...unavailable(reason, 'poison'), isCostly: reason !== 'rejected' };
    }
    const value = queries.map((text, index) => ({
      labels: { text, ...(branches.length === 0 ? {} : { plumbline_q: branches[index]?.[2] ?? '' }) },
      value: 1,
    }));
    return { kind: 'found', value, at: 1, partial: false };
  };
  return { asked, query };
}

const queries = (count: number): string[] => Array.from({ length: count }, (_, i) => `q${i}`);
const found = (text: string) => ({
  kind: 'found',
  at: 1,
  partial: false,
  value: [{ labels: { text }, value: 1 }],
});

test('600 queries take 12 requests', async () => {
  const { asked, query } = server();
  const answers = await askInBatches(queries(600), { query, expensive: new Set() });
  expect(asked).toHaveLength(12);
  for (const text of queries(600)) expect(answers.get(text)).toEqual(found(text));
});

test('a query on its own is sent as it is', async () => {
  const { asked, query } = server();
  expect(await askInBatches(['q0', 'q0'], { query, expensive: new Set() })).toEqual(
    new Map([['q0', found('q0')]]),
  );
  expect(asked).toEqual([['q0']]);
});

test('one poisoned query blinds only itself', async () => {
  const { query } = server(['q17']);
  const answers = await askInBatches(queries(50), { query, expensive: new Set() });
  expect(answers.get('q17')).toMatchObject(unavailable('rejected', 'poison'));
  expect([...answers].filter(([, evidence]) => evidence.kind === 'found')).toHaveLength(49);
});

test('what was too expensive is asked alone the next time', async () => {
  const expensive = new Set<string>();
  await askInBatches(queries(8), { query: server(['q3'], 'too-expensive').query, expensive });
  expect([...expensive]).toEqual(['q3']);
  const next = server(['q3'], 'too-expensive');
  await askInBatches(queries(8), { query: next.query, expensive });
  expect(next.asked.map((batch) => batch.length).toSorted((a, b) => a - b)).toEqual([1, 7]);
});

test('what was too expensive once and is answered alone is asked with the others again', async () => {
  const expensive = new Set(['q3']);
  await askInBatches(queries(8), { query: server().query, expensive });
  const next = server();
  await askInBatches(queries(8), { query: next.query, expensive });
  expect(next.asked).toEqual([queries(8)]);
});

test('a server that answers nothing in time makes no query an expensive one', async () => {
  const expensive = new Set<string>();
  await askInBatches(queries(8), { query: server(queries(8), 'timeout').query, expensive });
  expect([...expensive]).toEqual([]);
  await askInBatches(queries(8), { query: server(queries(8), 'too-expensive').query, expensive });
  expect(expensive.size).toBe(8);
});

test('a refusal that concerns the place, not the query, is not split', async () => {
  let requests = 0;
  const query: BatchPorts['query'] = async () => {
    requests += 1;
    return unavailable('denied', 'no');
  };
  const answers = await askInBatches(queries(50), { query, expensive: new Set() });
  expect(requests).toBe(1);
  expect([...answers.values()].every((evidence) => evidence.kind === 'unavailable')).toBe(true);
});

test('what does not fit into one answer is asked in halves, and on its own is what it is', async () => {
  const asked: number[] = [];
  const rowsOf = (text: string) => (text === 'q1' ? 12 : 2);
  const query: BatchPorts['query'] = async (promql) => {
    const { length } = promql.split(' or ');
    asked.push(length);
    const rows = [...promql.matchAll(/(q\d)(?:, "plumbline_q", "(\d+)")?/g)].flatMap(([, text = '', tag]) =>
      Array.from({ length: rowsOf(text) }, () => ({
        labels: tag === undefined ? {} : { plumbline_q: tag },
        value: 1,
      })),
    );
    const isTruncated = rows.length > 8;
    const value = rows.slice(0, 8);
    return { kind: 'found', value, at: 1, partial: isTruncated, ...(isTruncated ? { isTruncated } : {}) };
  };
  const expensive = new Set<string>();
  const answers = await askInBatches(queries(4), { query, expensive });
  const cut = [...answers].filter(([, evidence]) => evidence.kind === 'found' && evidence.partial);
  expect(cut.map(([text]) => text)).toEqual(['q1']);
  expect(asked).toEqual([4, 2, 2, 1, 1]);
  asked.length = 0;
  await askInBatches(queries(4), { query, expensive });
  expect(asked).toEqual([1, 3]);
});

test('a refusal that may concern one query alone is asked apart, and not remembered', async () => {
  const expensive = new Set<string>();
  const query: BatchPorts['query'] = async (promql) =>
    promql.includes('q2')
      ? { ...unavailable('throttled', 'HTTP 422'), isDoubtful: true }
      : server().query(promql, false);
  const answers = await askInBatches(queries(4), { query, expensive });
  expect([...answers].filter(([, { kind }]) => kind === 'unavailable').map(([text]) => text)).toEqual(['q2']);
  expect(expensive.size).toBe(0);
});

test('long queries make smaller batches', async () => {
  const { asked, query } = server();
  await askInBatches(
    queries(10).map((text) => text.padEnd(6000, 'x')),
    { query, expensive: new Set() },
  );
  expect(asked.map((batch) => batch.length)).toEqual([2, 2, 2, 2, 2]);
});

test('a row without a known tag makes the whole answer unreadable, not empty', async () => {
  const query: BatchPorts['query'] = async () => ({
    kind: 'found',
    at: 1,
    partial: false,
    value: [{ labels: { plumbline_q: '99' }, value: 1 }],
  });
  const answers = await askInBatches(['a', 'b'], { query, expensive: new Set() });
  expect([...answers.values()]).toMatchObject([
    { reason: 'invalid-response' },
    { reason: 'invalid-response' },
  ]);
});

test('whatever is poisoned, every other query is answered and each exactly once', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 130 }),
      fc.array(fc.nat(129), { maxLength: 6 }),
      async (count, poison) => {
        const poisoned = poison.map((index) => `q${index}`);
        const { query } = server(poisoned);
        const answers = await askInBatches(queries(count), { query, expensive: new Set() });
        expect(answers.size).toBe(count);
        for (const [text, evidence] of answers) {
          expect(evidence.kind).toBe(poisoned.includes(text) ? 'unavailable' : 'found');
        }
      },
    ),
    { numRuns: 200 },
  );
});
