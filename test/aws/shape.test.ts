import { describe, expect, test } from 'vitest';
import { misshapen } from '../../lib/aws/shape.ts';

/** As the SDK's clients write them: a structure of a text, a list of numbers, a map of times, and of itself. */
const node: unknown[] = [
  3,
  'ns',
  'Node',
  0,
  ['name', 'sizes', 'times', 'isOn', 'inner', 'parts'],
  [[0, 1], 64 | 1, [128 | 4, { jsonName: 'x' }], 2, () => node, [1, 'ns', 'Nodes', 0, () => node]],
];
const DATE = new Date(0);

describe('an answer', () => {
  test.each([
    {},
    { name: 'a', sizes: [1, 2.5], times: { a: DATE }, isOn: false },
    { inner: { inner: { parts: [{ name: 'x' }] } } },
    { unknown: { to: ['the', 'schema'] }, name: undefined },
  ])('of its shape: %j', (value) => {
    expect(misshapen(value, node)).toBeUndefined();
  });

  test.each([
    ['a text', 'the answer'],
    [[], 'the answer'],
    [null, 'the answer'],
    [{ name: {} }, 'name'],
    [{ sizes: {} }, 'sizes'],
    [{ sizes: [1, '2'] }, 'sizes.1'],
    [{ times: { a: '2026' } }, 'times.a'],
    [{ times: { a: new Date(Number.NaN) } }, 'times.a'],
    [{ isOn: 'yes' }, 'isOn'],
    [{ inner: { parts: [{}, { name: {} }] } }, 'inner.parts.1.name'],
    [{ parts: [null] }, 'parts.0'],
  ])('%j is not, at %s', (value, place) => {
    expect(misshapen(value, node)).toBe(place);
  });

  test('with a number where a text is declared is read as text, and with a null as if it were not there', () => {
    const value = { name: 1, inner: { name: false, sizes: null } };
    expect(misshapen(value, node)).toBeUndefined();
    expect(value).toEqual({ name: '1', inner: { name: 'false' } });
  });

  test('that goes deeper than any does is not', () => {
    let value: object = {};
    for (let depth = 0; depth < 100; depth += 1) value = { inner: value };
    expect(misshapen(value, node)).toContain('inner.inner');
  });

  test('whose shape is not known is let pass', () => {
    expect(misshapen({ any: 'thing' }, undefined)).toBeUndefined();
    expect(misshapen({ any: 'thing' }, [7, 'of', 'another', 'kind', 'altogether'])).toBeUndefined();
  });
});
