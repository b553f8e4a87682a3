import { expect, onTestFinished, test, vi } from 'vitest';
import { systemClock } from '../../lib/clock.ts';
import { fetchConfig } from '../../lib/config/remote.ts';
import { serve } from '../support/http.ts';

const PLACES = {
  s3: { kind: 's3', bucket: 'plumbline', key: 'plumbline.json' },
  ssm: { kind: 'ssm', name: '/plumbline/config' },
} as const;
const PORTS = {
  clock: systemClock,
  region: 'eu-west-1',
  credentials: () => async () => ({ accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'of the test' }),
  hasPathStyle: true,
};

async function fetched(kind: keyof typeof PLACES, body: string, headers: Record<string, string> = {}) {
  const { url } = await serve((_request, response) => void response.writeHead(200, headers).end(body));
  vi.stubEnv('AWS_ENDPOINT_URL', url);
  onTestFinished(() => void vi.unstubAllEnvs());
  return fetchConfig(PLACES[kind], undefined, PORTS);
}

test('a configuration and its version', async () => {
  expect(await fetched('s3', '{"version":1}', { etag: '"1"' })).toEqual({
    version: '"1"',
    text: '{"version":1}',
  });
  const parameter = JSON.stringify({ Parameter: { Value: '{"version":1}', Version: 7 } });
  expect(await fetched('ssm', parameter)).toEqual({ version: '7', text: '{"version":1}' });
});

test.each([
  ['s3', ''],
  ['s3', '<html><title>Sign in</title>'],
  ['s3', '{"version":1}'],
  ['ssm', ''],
  ['ssm', '{}'],
  ['ssm', 'null'],
  ['ssm', '{"Parameter":{}}'],
  ['ssm', '<html>'],
] as const)('what answers for %s with %j is not a configuration that is wrong', async (kind, body) => {
  expect(await fetched(kind, body)).toEqual({ unreadable: expect.stringContaining(kind) });
});

test.each(['s3', 'ssm'] as const)('an answer of %s without an end is left', async (kind) => {
  const { url } = await serve((_request, response) => {
    response.writeHead(200, { etag: '"1"' });
    const pour = (): void => {
      while (response.write(Buffer.alloc(1024 * 1024, '[')) && !response.destroyed);
      if (!response.destroyed) response.once('drain', pour);
    };
    pour();
  });
  vi.stubEnv('AWS_ENDPOINT_URL', url);
  onTestFinished(() => void vi.unstubAllEnvs());
  expect(await fetchConfig(PLACES[kind], undefined, PORTS)).toEqual({
    unreadable: expect.stringMatching(/^too-expensive: .*8 MB/),
  });
});
