import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { expect, onTestFinished, test, vi } from 'vitest';
import { CloudWatchClient, ListMetricsCommand } from '../../lib/aws/cloudwatch.ts';
import { awsService } from '../../lib/aws/service.ts';
import { systemClock } from '../../lib/clock.ts';
import { sourceMemory } from '../../lib/sources/source.ts';
import { environment } from '../support/environment.ts';

/** What lists metrics; `lose` makes it forget every connection, as the other side does while a function is frozen. */
async function serve() {
  const seen = new Set<Socket>();
  const lost = new Set<Socket>();
  const server = createServer(({ socket }, response) => {
    if (lost.has(socket)) return void socket.resetAndDestroy();
    seen.add(socket);
    const answer = () => response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' }).end('{}');
    setTimeout(answer, 20);
  });
  server.keepAliveTimeout = 600_000;
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  environment({ AWS_ENDPOINT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }, Date.now());
  const lose = () => {
    for (const socket of seen) lost.add(socket);
  };
  const open = () =>
    new Promise<number>((resolve) => {
      server.getConnections((_, count) => resolve(count));
    });
  return { lose, seen, open };
}

function lists() {
  const credentials = () => async () => ({ accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'not-a-real-key' });
  const ports = { clock: systemClock, fetch, credentials, memory: sourceMemory() };
  return (role?: string) => {
    const identity = { region: 'eu-west-1', role, externalId: undefined };
    const run = { ...ports, deadline: Date.now() + 60_000, limit: <T>(work: () => Promise<T>) => work() };
    return awsService(CloudWatchClient, identity, run).request(
      { action: 'cloudwatch:ListMetrics' },
      (client, options) => client.send(new ListMetricsCommand({}), options),
    );
  };
}

test('a run after another goes on with its connections', async () => {
  const { seen } = await serve();
  const list = lists();
  await list();
  await list();
  expect(seen.size).toBe(1);
});

test('after a pause in which all connections died it begins anew, and needs no luck', async () => {
  const { seen, lose } = await serve();
  const list = lists();
  await Promise.all(Array.from({ length: 6 }, () => list()));
  expect(seen.size).toBe(6);
  lose();
  vi.setSystemTime(Date.now() + 60_000);
  await expect(list()).resolves.toBeDefined();
});

test('of a thousand accounts it keeps the connections of few', async () => {
  const { open } = await serve();
  const list = lists();
  for (let account = 0; account < 60; account += 1)
    await list(`arn:aws:iam::111122223333:role/plumbline-reader-${account}`);
  await expect.poll(open).toBeLessThanOrEqual(50);
});
