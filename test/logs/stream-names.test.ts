import fc from 'fast-check';
import { expect, test } from 'vitest';
import { faultOf } from '../../lib/logs/stream-names.ts';
import { variantsOf } from '../../lib/logs/variants.ts';

test.each([
  ['default.web-1.app', '{ns}.{pod}.{container}'],
  ['default.web.v2.app', '{ns}.{pod}.{container}'],
  ['otel-stream-6f1c', 'otel-stream-{id}'],
  ['instanceTelemetry/i-1', 'instanceTelemetry/{ContainerInstanceId}'],
  ['node-1', '{NodeName}'],
  ['ab', '{a}{b}'],
  ['default', 'default'],
  ['a//b', '{a}//{b}'],
  ['my-undefined-behaviour', '{name}'],
  ['x.undefined', 'x.undefined'],
  ['undefinedness.a', '{ns}.{pod}'],
])('%s fits %s', (name, like) => {
  expect(faultOf(name, like)).toBeUndefined();
});

test.each([
  ['default.web-1', '{ns}.{pod}.{container}', { is: 'unlike' }],
  ['..', '{ns}.{pod}.{container}', { is: 'unlike' }],
  ['otel-stream-', 'otel-stream-{id}', { is: 'unlike' }],
  ['an-otel-stream-1', 'otel-stream-{id}', { is: 'unlike' }],
  ['a', '{a}{b}', { is: 'unlike' }],
  ['other', 'default', { is: 'unlike' }],
  ['undefined', '{NodeName}', { is: 'undefined', placeholder: '{NodeName}' }],
  ['default.undefined.app', '{ns}.{pod}.{container}', { is: 'undefined', placeholder: '{pod}' }],
  ['a.b.undefined.d', '{ns}.{rest}', { is: 'undefined', placeholder: '{rest}' }],
  ['otel-stream-undefined', 'otel-stream-{id}', { is: 'undefined', placeholder: '{id}' }],
  ['prod-eu-undefined', '{cluster}-{task}', { is: 'undefined', placeholder: '{task}' }],
  ['prod-eu-undefined-7', '{cluster}-{task}-{n}', { is: 'undefined', placeholder: '{task}' }],
  ['undefined-eu-7', '{cluster}-{task}', { is: 'undefined', placeholder: '{cluster}' }],
  ['x/undefined/y', 'x/{a}/y', { is: 'undefined', placeholder: '{a}' }],
  ['a//b', '{path}', { is: 'empty' }],
])('%s does not fit %s', (name, like, fault) => {
  expect(faultOf(name, like)).toEqual(fault);
});

test('what a pattern is filled with fits it', () => {
  const value = fc.stringMatching(/^[\w.-]{1,8}$/).filter((text) => !text.split('.').includes('undefined'));
  const property = fc.property(fc.array(fc.tuple(fc.constantFrom('.', '-', '/a', ''), value)), (parts) => {
    const like = parts.map(([literal], index) => `${literal}{p${index}}`).join('');
    const name = parts.map(([literal, text]) => `${literal}${text}`).join('');
    expect(faultOf(name, like)?.is).not.toBe('unlike');
  });
  fc.assert(property);
});

test('a hostile name takes no time', () => {
  const like = Array.from({ length: 60 }, (_, index) => `{p${index}}`).join('.');
  expect(faultOf('a.'.repeat(255), `${like}!`)).toEqual({ is: 'unlike' });
});

test('each part of a path may have come from a placeholder without a value', () => {
  expect(variantsOf('/metrics/shop')).toEqual([
    '/undefined/shop',
    '//shop',
    '/metrics/undefined',
    '/metrics/',
  ]);
  expect(variantsOf('shop')).toEqual(['undefined']);
  expect(variantsOf('undefined')).toEqual([]);
});
