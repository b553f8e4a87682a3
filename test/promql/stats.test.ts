import { expect, test } from 'vitest';
import { instantQuery, type PromqlEndpoint } from '../../lib/promql/client.ts';
import { samplesProcessed } from '../../lib/promql/stats.ts';
import type { ObservedUnits } from '../../lib/requests.ts';
import { inOrder, serve, vector } from '../support/http.ts';
import { testPorts } from '../support/ports.ts';

const answer = (samples: unknown) => JSON.stringify({ data: { stats: { samples } } });

test('the samples that AMP bills', () => {
  expect(samplesProcessed(answer({ totalQueryableSamples: 41_000, peakSamples: 7 }))).toBe(41_000);
  expect(samplesProcessed(answer({ totalQueryableSamples: 0 }))).toBe(0);
});

test.each([
  ['a text', answer({ totalQueryableSamples: '41' })],
  ['a fraction', answer({ totalQueryableSamples: 0.5 })],
  ['less than none', answer({ totalQueryableSamples: -1 })],
  ['more than can be counted', answer({ totalQueryableSamples: 1e300 })],
  ['infinitely many', '{"data":{"stats":{"samples":{"totalQueryableSamples":1e999}}}}'],
  ['null', answer({ totalQueryableSamples: null })],
  ['a list', answer([{ totalQueryableSamples: 41 }])],
  ['null on the way', answer(null)],
  ['nothing', '{"data":{}}'],
  [
    'what only an inherited key has',
    '{"data":{"__proto__":{"stats":{"samples":{"totalQueryableSamples":1}}}}}',
  ],
  ['no object', '3'],
  ['no JSON', '<html>'],
])('%s is not told', (_name, body) => {
  expect(samplesProcessed(body)).toBe(undefined);
});

const endpoint = (url: string, tellsSamples: boolean): PromqlEndpoint => ({
  action: 'aps:QueryMetrics',
  url: new URL(`${url}/api/v1/query`),
  place: 'here',
  parameters: () => ({}),
  tellsSamples,
  sign: undefined,
  throttlesWith422: false,
  explainDenied: undefined,
});

const OK = { status: 200, body: vector([[{}, '1']]) };
const TELLING = {
  status: 200,
  body: OK.body.replace('"result"', '"stats":{"samples":{"totalQueryableSamples":7}},"result"'),
};

test('an answer is asked to tell only while somebody counts, and where it could', async () => {
  const server = await serve(inOrder(OK, OK, TELLING));
  const told: ObservedUnits[] = [];
  const onUnits = (units: ObservedUnits): void => void told.push(units);
  await instantQuery('up', 5000, endpoint(server.url, true), testPorts());
  await instantQuery('up', 5000, endpoint(server.url, false), testPorts({ onUnits }));
  await instantQuery('up', 5000, endpoint(server.url, true), testPorts({ onUnits }));
  expect(server.requests.map(({ form }) => form.get('stats'))).toEqual([null, null, 'all']);
  expect(told).toEqual([{ action: 'aps:QueryMetrics', unit: 'samples', count: 7 }]);
});

test('an answer that does not tell is told as that, and an answer that is none as nothing', async () => {
  const server = await serve(inOrder(OK, { status: 422, body: '{"message":"too large"}' }));
  const told: ObservedUnits[] = [];
  const ports = testPorts({ onUnits: (units) => void told.push(units) });
  expect((await instantQuery('up', 5000, endpoint(server.url, true), ports)).kind).toBe('found');
  expect((await instantQuery('up', 5000, endpoint(server.url, true), ports)).kind).toBe('unavailable');
  expect(told).toEqual([{ action: 'aps:QueryMetrics', unit: 'samples', count: undefined }]);
});
