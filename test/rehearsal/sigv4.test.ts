import { describe, expect, test } from 'vitest';
import { verifySignature } from '../../rehearsal/sigv4.ts';
import type { Receiver, Refusal, SignedRequest } from '../../rehearsal/sigv4.ts';
import { signedHeaders } from '../support/signed-fetch.ts';
import type { Signing } from '../support/signed-fetch.ts';

const NOW = Date.parse('2026-11-20T12:00:00Z');
const URL_SENT = 'https://aps-workspaces.eu-west-1.amazonaws.com/workspaces/ws-1/api/v1/query';
const BODY = 'query=up%7Ba%3D%22%C3%BC%22%7D';
const KEY: Signing = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
  region: 'eu-west-1',
  service: 'aps',
  at: NOW,
};
const SESSION: Signing = { ...KEY, accessKeyId: 'ASIAEXAMPLE', sessionToken: 'a/session+token==' };
const RECEIVER: Receiver = {
  service: 'aps',
  region: 'eu-west-1',
  credentials: [KEY, { ...SESSION, expiresAt: NOW + 60_000 }],
  now: NOW,
};

async function arrive(
  signing: Signing,
  url = URL_SENT,
  method = 'POST',
  body = BODY,
): Promise<SignedRequest> {
  const headers = await signedHeaders(
    url,
    { method, body, headers: { 'content-type': 'application/x-www-form-urlencoded', 'x-spaced': ' a   b ' } },
    signing,
  );
  const { pathname, search } = new URL(url);
  return {
    method,
    path: pathname,
    rawQuery: search.slice(1),
    headers: new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])),
    body: Buffer.from(body),
  };
}

function withHeader(request: SignedRequest, name: string, value: string | undefined): SignedRequest {
  const headers = new Map(request.headers);
  if (value === undefined) headers.delete(name);
  else headers.set(name, value);
  return { ...request, headers };
}

const MISMATCH: Partial<Refusal> = {
  status: 403,
  type: 'InvalidSignatureException',
  message: expect.stringMatching(/^The request signature we calculated does not match/u) as string,
};

describe('a request signed by the official signer is accepted', () => {
  test.each([
    ['a POST with a form', URL_SENT, 'POST', BODY],
    ['a GET without a body', 'https://aps.eu-west-1.amazonaws.com/workspaces/ws-1', 'GET', ''],
    [
      'a query string',
      `${URL_SENT}?query=up%7Bjob%3D~%22a%7Cb%22%7D&time=1.5&query=b%2Ba&a%2Fb=%28%27%21%2A%29`,
      'GET',
      '',
    ],
    ['a path with escapes', 'https://aps.eu-west-1.amazonaws.com/workspaces/a%20b%3Ac/%C3%BC', 'GET', ''],
  ])('%s', async (_, url, method, body) => {
    expect(verifySignature(await arrive(KEY, url, method, body), RECEIVER)).toBeUndefined();
    expect(verifySignature(await arrive(SESSION, url, method, body), RECEIVER)).toBeUndefined();
  });

  test('up to five minutes early or late', async () => {
    for (const drift of [-300_000, 300_000]) {
      expect(verifySignature(await arrive({ ...KEY, at: NOW + drift }), RECEIVER)).toBeUndefined();
    }
  });
});

describe('what was tampered with is refused', () => {
  test.each<[string, (request: SignedRequest) => SignedRequest]>([
    ['the method', (request) => ({ ...request, method: 'PUT' })],
    ['the path', (request) => ({ ...request, path: '/workspaces/ws-2/api/v1/query' })],
    ['the query string', (request) => ({ ...request, rawQuery: 'time=1' })],
    ['the body', (request) => ({ ...request, body: Buffer.from(`${BODY}&time=1`) })],
    ['a signed header', (request) => withHeader(request, 'content-type', 'text/plain')],
    ['the host', (request) => withHeader(request, 'host', 'example.com')],
    ['a removed signed header', (request) => withHeader(request, 'x-spaced', undefined)],
    ['the hash of the body', (request) => withHeader(request, 'x-amz-content-sha256', '0'.repeat(64))],
  ])('%s', async (_, tamper) => {
    expect(verifySignature(tamper(await arrive(KEY)), RECEIVER)).toMatchObject(MISMATCH);
  });

  test('another secret', async () => {
    const request = await arrive({ ...KEY, secretAccessKey: 'other' });
    expect(verifySignature(request, RECEIVER)).toMatchObject(MISMATCH);
  });
});

describe('refusals speak as AWS does', () => {
  test.each<[string, Partial<Signing>, string, RegExp]>([
    [
      'an unknown key',
      { accessKeyId: 'AKIDOTHER' },
      'UnrecognizedClientException',
      /^The security token included in the request is invalid\.$/u,
    ],
    [
      'another service',
      { service: 'es' },
      'InvalidSignatureException',
      /^Credential should be scoped to correct service: 'aps'\./u,
    ],
    [
      'another region',
      { region: 'us-east-1' },
      'InvalidSignatureException',
      /^Credential should be scoped to a valid region/u,
    ],
    [
      'a clock that is late',
      { at: NOW - 301_000 },
      'InvalidSignatureException',
      /^Signature expired: 20261120T115459Z is now earlier than 20261120T115500Z \(20261120T120000Z - 5 min\.\)$/u,
    ],
    [
      'a clock that is early',
      { at: NOW + 301_000 },
      'InvalidSignatureException',
      /^Signature not yet current: 20261120T120501Z is still later than 20261120T120500Z \(20261120T120000Z \+ 5 min\.\)$/u,
    ],
    [
      'a token that does not belong to the key',
      { sessionToken: 'x' },
      'UnrecognizedClientException',
      /is invalid\.$/u,
    ],
  ])('%s', async (_, change, type, message) => {
    const refusal = verifySignature(await arrive({ ...KEY, ...change }), RECEIVER);
    expect(refusal).toMatchObject({ status: 403, type });
    expect(refusal?.message).toMatch(message);
  });

  test('no signature', async () => {
    const request = withHeader(await arrive(KEY), 'authorization', undefined);
    expect(verifySignature(request, RECEIVER)).toEqual({
      status: 403,
      type: 'MissingAuthenticationTokenException',
      message: 'Missing Authentication Token',
    });
  });

  test('a scope of another day', async () => {
    const request = await arrive(KEY);
    const scoped = request.headers.get('authorization')?.replace('/20261120/', '/20261119/');
    expect(verifySignature(withHeader(request, 'authorization', scoped), RECEIVER)?.message).toBe(
      'Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: ' +
        "'20261119' != '20261120', from '20261120T120000Z'.",
    );
  });

  test('half a signature', async () => {
    for (const request of [
      withHeader(await arrive(KEY), 'authorization', 'AWS4-HMAC-SHA256 Credential=a'),
      withHeader(await arrive(KEY), 'x-amz-date', undefined),
    ]) {
      expect(verifySignature(request, RECEIVER)).toMatchObject({ type: 'IncompleteSignatureException' });
    }
  });

  test('a session token from the moment it expires', async () => {
    const now = NOW + 60_000;
    const request = await arrive({ ...SESSION, at: now });
    expect(verifySignature(request, { ...RECEIVER, now: now - 1 })).toBeUndefined();
    expect(verifySignature(request, { ...RECEIVER, now })).toMatchObject({
      type: 'ExpiredTokenException',
      message: 'The security token included in the request is expired',
    });
  });
});
