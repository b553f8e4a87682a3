import { describe, expect, test } from 'vitest';
import { beat } from '../lib/heartbeat.ts';
import { serve } from './support/http.ts';

const resolve = async (reference: string) =>
  reference.startsWith('ssm:')
    ? { unresolved: 'denied: ssm:GetParameter', retry: false }
    : { value: reference };

describe('the heartbeat', () => {
  test('is one request, and says nothing where it was taken', async () => {
    const listener = await serve((_request, response) => void response.end('OK'));
    expect(await beat(`${listener.url}/secret-token`, { fetch, resolve })).toBeUndefined();
    expect(listener.requests.map(({ method, path }) => [method, path])).toEqual([['GET', '/secret-token']]);
  });

  test('follows no redirect, and tells no address', async () => {
    const listener = await serve((_request, response) => {
      response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end();
    });
    expect(await beat(`${listener.url}/secret-token`, { fetch, resolve })).toBe(
      'alerts.heartbeat answers HTTP 302',
    );
  });

  test.each([
    ['http://127.0.0.1:1/secret-token', 'alerts.heartbeat does not answer at all'],
    ['http://example.com/secret-token', 'alerts.heartbeat does not hold an https URL'],
    ['https://user:secret-token@example.com', 'alerts.heartbeat does not hold an https URL'],
    ['secret-token', 'alerts.heartbeat does not hold an https URL'],
    ['ssm:/plumbline/heartbeat', 'alerts.heartbeat: denied: ssm:GetParameter'],
  ])('%s fails nothing: %s', async (reference, why) => {
    expect(await beat(reference, { fetch, resolve })).toBe(why);
  });
});
