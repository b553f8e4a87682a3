import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isAbove, isBelow } from '../../lib/number.ts';
import type { OwnRow } from '../../lib/promql/own.ts';
import { type AnyEvidence, type Question, questionKey } from '../../lib/question.ts';
import { prometheus } from '../../lib/sources/prometheus.ts';
import { fakeClock, testPorts } from '../support/ports.ts';
import { realPrometheus } from '../support/prometheus.ts';
import { signal } from '../support/world.ts';
import { type Comparison, startComparison } from './compare.ts';
import { END } from './series.ts';

describe.skipIf(!realPrometheus.available)('queries of users on a real Prometheus', () => {
  let comparison: Comparison;
  beforeAll(async () => {
    comparison = await startComparison();
  }, 60_000);
  afterAll(async () => {
    await comparison?.stop();
  });

  /** Asked as of the end of what is stored, with the requests counted. */
  function open() {
    let requests = 0;
    const ports = testPorts({
      clock: fakeClock(END),
      fetch: (url, init) => {
        requests += 1;
        const form = new URLSearchParams(init?.body as string);
        form.set('time', String(END / 1000));
        return fetch(url, { ...init, body: form });
      },
    });
    const ask = async (...questions: Question[]): Promise<(AnyEvidence | undefined)[]> => {
      requests = 0;
      const answers = await prometheus(signal({ address: comparison.url }), ports).ask(questions);
      return questions.map((question) => answers.get(questionKey(question)));
    };
    return { ask, requests: () => requests };
  }

  const own = (query: string): Question => ({ ask: 'promql', query });
  const count: Question = { ask: 'count', of: { metric: 'm', match: [] }, freshMs: 240_000, by: ['job'] };
  const rows = (evidence: AnyEvidence | undefined): number =>
    evidence?.kind === 'found' && Array.isArray(evidence.value) ? evidence.value.length : -1;

  const GOOD = [
    'm{job="pods"}',
    'm{job="pods"} # with its name, and a comment',
    'm{job="pods"} or n{job="pods"}',
    'sum by (job) (\n  rate(m[5m]) # every job\n)',
    'm{job="pods"} # ends with the line\r unless m{job="pods"}',
    'absent(nope{job="x"})',
    'm{job="pods"} > 1000',
    'special',
    'label_replace(m{job="pods"}, "x", "$1", "instance", "(.*)")',
  ];

  test('are answered together as each is alone', async () => {
    const { ask, requests } = open();
    const together = await ask(...GOOD.map(own), count);
    expect(requests()).toBe(2);
    for (const [index, query] of GOOD.entries()) {
      const [alone] = await ask(own(query));
      expect(rows(alone)).toBe((await comparison.real(query, END)).values?.size);
      expect([query, sorted(together[index])]).toEqual([query, sorted(alone)]);
    }
    expect(together.slice(0, -1).map(rows)).not.toContain(-1);
  });

  test('a share that is exactly as large as it must be is no smaller, in whatever order the server adds up', async () => {
    const { ask } = open();
    const tenth = (index: number, down: number) =>
      `label_replace(vector(${index === down ? 0 : 1}), "i", "${index}", "", "")`;
    const shares: number[] = [];
    for (let down = 0; down < 10; down += 1) {
      const targets = Array.from({ length: 10 }, (_, index) => tenth(index, down));
      const [evidence] = await ask(own(`avg(${targets.join(' or ')})`));
      const [row] = evidence?.kind === 'found' ? (evidence.value as OwnRow[]) : [];
      shares.push(row?.value ?? Number.NaN);
    }
    // Else this proves nothing.
    expect(shares.some((share) => share < 0.9)).toBe(true);
    expect(shares.filter((share) => isBelow(share, 0.9))).toEqual([]);
    expect(shares.filter((share) => isAbove(share, 0.9))).toEqual([]);
    expect(shares.filter((share) => !isBelow(share, 0.9001))).toEqual([]);
  });

  test('that the server refuses, or that are scalars, cost the others nothing', async () => {
    const { ask, requests } = open();
    const odd = ['m * on () n', 'm + on (nope) n', 'scalar(count(m))', 'sum(m'];
    const expected = ['rejected', 'rejected', 'found', 'rejected'];
    const words = (evidence: AnyEvidence | undefined) =>
      evidence?.kind === 'unavailable' ? evidence.reason : evidence?.kind;
    for (const most of [30, odd.length + 2]) {
      const answers = await ask(...GOOD.map(own), ...odd.map(own), count);
      expect(answers.slice(GOOD.length, -1).map(words)).toEqual(expected);
      expect([...answers.slice(0, GOOD.length), answers.at(-1)].map(words)).toEqual(
        Array.from({ length: GOOD.length + 1 }, () => 'found'),
      );
      expect(requests()).toBeLessThanOrEqual(most);
    }
  });
});

function sorted(evidence: AnyEvidence | undefined): unknown {
  if (evidence?.kind !== 'found' || !Array.isArray(evidence.value)) return evidence;
  const texts = evidence.value.map((row: { labels: ReadonlyMap<string, string>; value: number }) =>
    JSON.stringify([[...row.labels].map(String).toSorted(inOrder), String(row.value)]),
  );
  return texts.toSorted(inOrder);
}

function inOrder(left: string, right: string): number {
  return left < right ? -1 : 1;
}
