import { parser } from '@prometheus-io/lezer-promql';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ownText } from '../../lib/promql/own.ts';
import { promql, type PromqlQuestion } from '../../lib/promql/questions.ts';
import { anyOf, promDuration, quote, selector } from '../../lib/promql/text.ts';
import { RE2JS } from 're2js';
import { parse } from '../../rehearsal/promql/parse.ts';

test('what is usual is written as usual', () => {
  expect(selector({ metric: 'up', match: [] })).toBe('up');
  const match = [
    { label: 'job', operator: '=~' as const, value: 'a|b' },
    { label: 'env', operator: '!=' as const, value: 'say "hi"\\\n' },
  ];
  expect(selector({ metric: 'up', match })).toBe(String.raw`up{job=~"a|b",env!="say \"hi\"\\\n"}`);
});

test('names outside the classic alphabet are quoted', () => {
  const match = [{ label: 'k8s.pod', operator: '=' as const, value: 'x' }];
  expect(selector({ metric: 'http.requests', match })).toBe('{"http.requests","k8s.pod"="x"}');
});

test('durations are written in the largest whole unit', () => {
  expect([90_000, 240_000, 7_200_000, 172_800_000].map(promDuration)).toEqual(['90s', '4m', '2h', '48h']);
});

test('a text is matched by its own pattern and no other text', () => {
  fc.assert(
    fc.property(fc.array(fc.string(), { minLength: 1, maxLength: 4 }), fc.string(), (texts, other) => {
      const pattern = RE2JS.compile(anyOf(texts));
      for (const text of texts) expect(pattern.matches(text)).toBe(true);
      if (!texts.includes(other)) expect(pattern.matches(other)).toBe(false);
    }),
    { numRuns: 1000 },
  );
});

const HOSTILE = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    '"',
    '\\',
    '\n',
    '"}',
    '\\"',
    '🚀',
    '`',
    "'",
    '\u0000',
    '\u001b[2J',
    ')) or vector(1',
    '$(x)',
  ),
);

const STATISTICS = ['average', 'sum', 'minimum', 'maximum', 'sampleCount'] as const;
const TARGETS = ['up', 'slowest', 'down'] as const;

test('whatever a user writes, a question stays one question with exactly the matchers that were meant', () => {
  fc.assert(
    fc.property(HOSTILE, HOSTILE, fc.constantFrom('=', '!=', '=~', '!~'), (label, value, operator) => {
      fc.pre(label !== '' && label !== '__name__' && label.isWellFormed() && value.isWellFormed());
      const of = { metric: 'm', match: [{ label, operator, value }] } as const;
      const over = { overMs: 900_000, by: [label] };
      const questions: PromqlQuestion[] = [
        { ask: 'count', of, freshMs: 240_000, by: [label] },
        { ask: 'count', of, freshMs: 7_200_000, by: [label], beforeMs: 3_600_000, top: 10 },
        { ask: 'newest', of, by: [label], withinMs: 21_600_000 },
        { ask: 'newSeries', of, freshMs: 240_000, sinceMs: 900_000 },
        { ask: 'otherLabels', of, freshMs: 240_000, names: [label] },
        ...STATISTICS.map((statistic) => ({ ask: 'statistic' as const, of, statistic, ...over })),
        ...TARGETS.map((tell) => ({ ask: 'targets' as const, tell, scrapes: of, ...over, top: 20 })),
      ];
      const wrong = questions.map(promql).filter((text) => {
        let broken = false;
        parser.parse(text).iterate({ enter: ({ type }) => void (broken ||= type.isError) });
        const isExact = operator === '=' || operator === '!=';
        return broken || (isExact && !JSON.stringify(parse(text)).includes(JSON.stringify(value)));
      });
      expect(wrong).toEqual([]);
    }),
    { numRuns: 1000 },
  );
});

test('a quoted text is one line of printable characters', () => {
  expect(quote('a\u0000b\u001b\u0085\r\t')).toBe(String.raw`"a\u0000b\u001b\u0085\r\t"`);
});

test.each([
  ['up == 0', 'up == 0'],
  ['  sum by (job) (\n  up # all\n)\n', 'sum by (job) ( up )'],
  ['up{a="# no  comment"} # one', 'up{a="# no  comment"}'],
  [String.raw`up{a="say \"# hi\"  \\"} # x`, String.raw`up{a="say \"# hi\"  \\"}`],
  ["up{a='it is # not'}", "up{a='it is # not'}"],
  ['up{a=`raw # \\`}#end', 'up{a=`raw # \\`}'],
])('a query of a user can stand inside another: %j', (query, text) => {
  expect(ownText({ ask: 'promql', query })).toBe(text);
});
