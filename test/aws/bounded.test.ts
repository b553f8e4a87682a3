import { globSync, readFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { bounded, requestHandler } from '../../lib/aws/bounded.ts';
import { awsFailure } from '../../lib/aws/failure.ts';
import { EKSClient, DescribeAddonCommand } from '../../lib/aws/eks.ts';
import { PublishCommand, SNSClient } from '../../lib/aws/sns.ts';
import { GetSecretValueCommand, SecretsManagerClient } from '../../lib/aws/secrets-manager.ts';
import { ROOT } from '../support/process.ts';

const CREDENTIALS = { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'not-a-real-key' };
const HUGE = 300 * 1024 * 1024;

/** A server that `respond` answers for, and how many bytes it could send, until the test is over. */
async function serve(respond: (response: ServerResponse, count: (bytes: number) => void) => void) {
  const told = { requests: 0, bytes: 0, sawAuthorization: 0 };
  const server = createServer((request, response) => {
    told.requests += 1;
    if (request.headers.authorization) told.sawAuthorization += 1;
    request.resume();
    respond(response, (bytes) => (told.bytes += bytes));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { told, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

const SHORT = { connectMs: 1000, answerMs: 150 };

const settings = (endpoint: string, patience = LONG) => ({
  endpoint,
  region: 'eu-west-1',
  credentials: CREDENTIALS,
  maxAttempts: 3,
  requestHandler: requestHandler(patience),
});

/** Writes as much as is taken, and no faster. */
function pour(response: ServerResponse, status: number, count: (bytes: number) => void): void {
  const chunk = Buffer.alloc(64 * 1024, ' ');
  let left = HUGE;
  response.writeHead(status, { 'content-type': 'application/json' });
  const more = (): void => {
    while (left > 0 && !response.destroyed) {
      left -= chunk.length;
      count(chunk.length);
      if (!response.write(chunk)) return void response.once('drain', more);
    }
    response.end();
  };
  more();
}

/** One byte at a time, without end. */
function drip(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/json' });
  const dripping = setInterval(() => response.write(' '), 20);
  response.on('close', () => clearInterval(dripping));
}

/** That the beginning comes late, as on a busy machine, is another matter than that the rest does. */
const LONG = { connectMs: 15_000, answerMs: 15_000 };

/** JSON with a header, JSON with a type, XML: each protocol reads its answers with code of its own. */
const asked = {
  'REST JSON': (url: string, patience = SHORT, now?: () => number, beginning = LONG) =>
    bounded(new EKSClient(settings(url, beginning)), { patience, ...(now ? { now } : {}) }).send(
      new DescribeAddonCommand({ clusterName: 'c', addonName: 'adot' }),
    ),
  'AWS JSON': (url: string, patience = SHORT, now?: () => number, beginning = LONG) =>
    bounded(new SecretsManagerClient(settings(url, beginning)), { patience, ...(now ? { now } : {}) }).send(
      new GetSecretValueCommand({ SecretId: 's' }),
    ),
  XML: (url: string, patience = SHORT, now?: () => number, beginning = LONG) =>
    bounded(new SNSClient(settings(url, beginning)), { patience, ...(now ? { now } : {}) }).send(
      new PublishCommand({ TopicArn: 'arn:aws:sns:eu-west-1:111122223333:t', Message: 'm' }),
    ),
};
const protocols = Object.keys(asked) as (keyof typeof asked)[];

const refused = (work: Promise<unknown>) =>
  work.then(
    () => 'answered',
    (error: unknown) => awsFailure(error, 'svc:Action'),
  );

test.each(protocols)('an answer of hundreds of megabytes is left after eight: %s', async (protocol) => {
  const { url, told } = await serve((response, count) => pour(response, 200, count));
  const outcome = await refused(asked[protocol](url, LONG));
  expect(outcome).toMatchObject({
    reason: 'too-expensive',
    detail: 'svc:Action: the answer is larger than 8 MB and was not read',
  });
  expect(told.bytes).toBeLessThan(40 * 1024 * 1024);
  expect(told.requests).toBe(1);
});

test('so is an error of that size', async () => {
  const { url, told } = await serve((response, count) => pour(response, 400, count));
  expect(await refused(asked['AWS JSON'](url, LONG))).toMatchObject({
    reason: 'too-expensive',
  });
  expect(told.bytes).toBeLessThan(40 * 1024 * 1024);
});

test.each(protocols)(
  'a body that drips ends with the patience, and is not asked for again: %s',
  async (protocol) => {
    const { url, told } = await serve(drip);
    expect(await refused(asked[protocol](url))).toMatchObject({
      reason: 'timeout',
      detail: 'svc:Action: no complete answer within 0.15s',
    });
    expect(told.requests).toBe(1);
  },
);

test('an answer that never begins is tried three times', async () => {
  const { url, told } = await serve(() => {});
  expect(await refused(asked['AWS JSON'](url, SHORT, undefined, SHORT))).toMatchObject({
    reason: 'timeout',
  });
  expect(told.requests).toBe(3);
});

test.each([
  ['ahead', 10, 'the clock of this machine is 10 minutes ahead of that of AWS; set it'],
  ['behind', -10, 'the clock of this machine is 10 minutes behind that of AWS; set it'],
])('a clock that is ten minutes %s is told, and not corrected behind our back', async (_, minutes, words) => {
  const { url, told } = await serve((response) => response.end('{"SecretString":"x"}'));
  const now = () => Date.now() + minutes * 60_000;
  expect(await refused(asked['AWS JSON'](url, SHORT, now))).toMatchObject({
    reason: 'clock',
    detail: `svc:Action: ${words}`,
  });
  expect(told.requests).toBe(1);
  expect(await refused(asked['AWS JSON'](url, SHORT, () => Date.now() + 4 * 60_000))).toBe('answered');
});

test.each(protocols)('a redirect is not followed: credentials go nowhere else: %s', async (protocol) => {
  const elsewhere = await serve((response) => response.end('{}'));
  const { url, told } = await serve((response) => response.writeHead(307, { location: elsewhere.url }).end());
  expect(await refused(asked[protocol](url))).not.toBe('answered');
  expect(told.sawAuthorization).toBeGreaterThan(0);
  expect(elsewhere.told.requests).toBe(0);
});

test.each([
  ['REST JSON', '{"addon":{"addonName":"adot","status":{"is":"ACTIVE"}}}', 'addon.status'],
  ['AWS JSON', '{"SecretString":["x"]}', 'SecretString'],
] as const)(
  'an answer that is not of the shape of its API is no answer: %s',
  async (protocol, body, place) => {
    const { url, told } = await serve((response) => response.end(body));
    expect(await refused(asked[protocol](url))).toMatchObject({
      reason: 'invalid-response',
      detail: `svc:Action: UnexpectedAnswer ${place} is not what the API is declared to answer`,
    });
    expect(told.requests).toBe(1);
  },
);

test('every client that the code opens is bounded', () => {
  const opened = globSync('{lib,functions,bin}/**/*.ts', { cwd: ROOT }).flatMap((file) => {
    const code = readFileSync(ROOT + file, 'utf8');
    const clients = code.match(/new (?:[A-Z]\w*)?Client\(/g)?.length ?? 0;
    const bounds = code.match(/\bbounded\(/g)?.length ?? 0;
    return clients === 0 ? [] : [{ file, isBounded: clients <= bounds }];
  });
  expect(opened.length).toBeGreaterThan(6);
  // This one is never sent with: it only knows the endpoints of regions.
  const open = opened.filter(({ isBounded }) => !isBounded).map(({ file }) => file);
  expect(open).toEqual(['lib/sources/cloudwatchPromql.ts']);
});
