import { expect, test } from 'vitest';
import { formatProblem, type Problem, quote, sortProblems, suggestion } from '../../lib/config/problems.ts';

const keys = ['fresh', 'series', 'labels', 'failAfter', 'amp', 'by', 'maxSamplesProcessed', 'remindEvery'];

test.each([
  ['frehs', 'did you mean "fresh"?'],
  ['lables', 'did you mean "labels"?'],
  ['fail_after', 'did you mean "failAfter"?'],
  ['FAILAFTER', 'did you mean "failAfter"?'],
  ['max-samples-processed', 'did you mean "maxSamplesProcessed"?'],
  ['remindEach', 'did you mean "remindEvery"?'],
  ['remind', `known are ${keys.join(', ')}`],
  ['apm', 'did you mean "amp"?'],
  ['serie', 'did you mean "series"?'],
  ['x', `known are ${keys.join(', ')}`],
  ['dimensions', `known are ${keys.join(', ')}`],
  ['', `known are ${keys.join(', ')}`],
])('the nearest name to %s', (name, expected) => {
  expect(suggestion(name, keys)).toBe(expected);
});

test('among no names there is none to suggest', () => {
  expect(suggestion('fresh', [])).toBe('there are none');
});

test.each([
  ['plain', '"plain"'],
  ['say "x"', String.raw`"say \"x\""`],
  ['a\nb\u001b[0m', String.raw`"a b\u001b[0m"`],
  ['x'.repeat(61), `"${'x'.repeat(60)}…"`],
  ['http://me:pa/ss@wo@rd@host/x', '"http://…@host/x"'],
  ['https://host/x?token=1#2', '"https://host/x?…"'],
  ['see https://hooks.slack.com/services/T000/B000/XXXX', '"see https://hooks.slack.com/…"'],
])('quoted: %j', (text, quoted) => {
  expect(quote(text)).toBe(quoted);
});

test('problems stand in the order of the file, each once', () => {
  const problem = (line: number, column: number, message = 'is wrong; write x'): Problem => ({
    file: 'plumbline.yaml',
    line,
    column,
    level: 'error',
    message,
  });
  const sorted = sortProblems([
    problem(10, 1),
    problem(2, 7),
    problem(2, 3),
    problem(2, 7),
    problem(2, 7, 'b; c'),
  ]);
  expect(sorted.map(formatProblem)).toEqual([
    'plumbline.yaml:2:3: error: is wrong; write x',
    'plumbline.yaml:2:7: error: is wrong; write x',
    'plumbline.yaml:2:7: error: b; c',
    'plumbline.yaml:10:1: error: is wrong; write x',
  ]);
});
