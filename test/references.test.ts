import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { referenceResolver } from '../lib/references.ts';
import { type Respond, serve } from './support/http.ts';
import { fakeClock } from './support/ports.ts';

const NAMES = ['AWS_ENDPOINT_URL_SSM', 'AWS_ENDPOINT_URL_SECRETS_MANAGER'] as const;
const earlier = new Map<string, string | undefined>();
beforeEach(() => {
  for (const name of NAMES) earlier.set(name, process.env[name]);
});
afterEach(() => {
  for (const [name, value] of earlier) {
    if (value === undefined) Reflect.deleteProperty(process.env, name);
    else process.env[name] = value;
  }
});

const answer =
  (status: number, body: unknown): Respond =>
  (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(body));
  };

async function resolver(
  respond: Respond,
  env: Record<string, string> = {},
  region: string | undefined = 'eu-west-1',
) {
  const { url, requests } = await serve(respond);
  for (const name of NAMES) process.env[name] = url;
  const clock = fakeClock(Date.now());
  const credentials = () => async () => ({ accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'not-a-real-key' });
  const resolve = referenceResolver({ clock, env, region, credentials });
  return { clock, requests, resolve: (reference: string) => resolve(reference, AbortSignal.timeout(5000)) };
}

const secret = (text: string) => answer(200, { Parameter: { Value: text }, SecretString: text });
const asked = (requests: Awaited<ReturnType<typeof resolver>>['requests']) =>
  requests.map(({ headers, body }) => [headers['x-amz-target'], JSON.parse(body) as unknown]);

describe('what a reference stands for', () => {
  test('a parameter, decrypted', async () => {
    const { resolve, requests } = await resolver(secret('word\n'));
    expect(await resolve('ssm:/plumbline/hook')).toEqual({ value: 'word' });
    expect(asked(requests)).toEqual([
      ['AmazonSSM.GetParameter', { Name: '/plumbline/hook', WithDecryption: true }],
    ]);
  });

  test('a secret, by name or by ARN in its own region', async () => {
    const { resolve, requests } = await resolver(secret('word'));
    expect(await resolve('secretsmanager:plumbline/hook')).toEqual({ value: 'word' });
    const arn = 'arn:aws:secretsmanager:us-east-1:111122223333:secret:plumbline-hook-a1b2c3';
    expect(await resolve(`secretsmanager:${arn}`)).toEqual({ value: 'word' });
    expect(asked(requests)).toEqual([
      ['secretsmanager.GetSecretValue', { SecretId: 'plumbline/hook' }],
      ['secretsmanager.GetSecretValue', { SecretId: arn }],
    ]);
    expect(
      requests.map(({ headers }) => /\/([a-z0-9-]+)\/secretsmanager/.exec(headers.authorization ?? '')?.[1]),
    ).toEqual(['eu-west-1', 'us-east-1']);
  });

  test('a variable, as the whole or a part; what it says is not read for variables again', async () => {
    const { resolve, requests } = await resolver(secret('word'), {
      TOPIC: 'arn:x',
      STAGE: 'live',
      LOOP: '${env:TOPIC}',
    });
    expect(await resolve('${env:TOPIC}')).toEqual({ value: 'arn:x' });
    expect(await resolve('${env:LOOP}')).toEqual({ value: '${env:TOPIC}' });
    expect(await resolve('ssm:/${env:STAGE}/hook')).toEqual({ value: 'word' });
    expect(asked(requests)).toEqual([
      ['AmazonSSM.GetParameter', { Name: '/live/hook', WithDecryption: true }],
    ]);
  });

  test('anything else stands for itself', async () => {
    const { resolve } = await resolver(secret('word'));
    expect(await resolve('arn:aws:sns:eu-west-1:111122223333:alerts')).toEqual({
      value: 'arn:aws:sns:eu-west-1:111122223333:alerts',
    });
  });
});

describe('what is remembered', () => {
  test('an answer, for five minutes', async () => {
    const { resolve, requests, clock } = await resolver(secret('word'));
    await resolve('ssm:/a');
    clock.advance(299_999);
    await resolve('ssm:/a');
    expect(requests).toHaveLength(1);
    clock.advance(1);
    await resolve('ssm:/a');
    expect(requests).toHaveLength(2);
  });

  test('no failure', async () => {
    let works = false;
    const { resolve } = await resolver((request, response) =>
      (works ? secret('word') : answer(400, { __type: 'ParameterNotFound', message: '' }))(request, response),
    );
    expect(await resolve('ssm:/a')).toMatchObject({ unresolved: expect.any(String) as string });
    works = true;
    expect(await resolve('ssm:/a')).toEqual({ value: 'word' });
  });
});

describe('what cannot be learnt', () => {
  test.each([
    [400, 'ParameterNotFound', false, 'ssm:GetParameter: there is no /a in eu-west-1'],
    [400, 'AccessDeniedException', false, 'denied: '],
    [400, 'ThrottlingException', true, 'throttled: '],
    [500, 'InternalServerError', true, 'unreachable: '],
  ])('HTTP %i %s: retry %s', async (status, type, retry, said) => {
    const { resolve } = await resolver(answer(status, { __type: type, message: 'no' }));
    expect(await resolve('ssm:/a')).toEqual({ retry, unresolved: expect.stringContaining(said) as string });
  });

  test('a variable that is not set, an empty text, a region that nobody names', async () => {
    const empty = await resolver(secret(' '));
    expect(await empty.resolve('${env:NOPE}')).toEqual({
      retry: false,
      unresolved: 'the environment variable NOPE is not set',
    });
    expect(await empty.resolve('ssm:/a')).toEqual({ retry: false, unresolved: 'ssm:/a holds no text' });
    const lost = await resolver(secret('word'), {}, '');
    expect(await lost.resolve('ssm:/a')).toEqual({
      retry: false,
      unresolved: 'AWS_REGION is not set; set it to the region of the parameter',
    });
  });
});
