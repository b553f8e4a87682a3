/**
 * What a fleet is observed through, as briefly as can be, in a process of its own: AMP, CloudWatch, DynamoDB and SQS, each
 * answer after so many milliseconds: `fleet-backends.ts MILLISECONDS`, started with a channel to its parent. Tells its
 * environment, and each message of the queue at once, whatever its delay.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { systemClock } from '../lib/clock.ts';
import { CREDENTIALS, REGION } from '../rehearsal/account.ts';
import { startDynamoDB } from '../rehearsal/dynamodb.ts';
import { startQueue } from '../rehearsal/queue.ts';

/** Told once. */
export interface Environment {
  readonly url: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** Told of each message. */
export interface Delivered {
  readonly body: string;
}

const answersAfterMs = Number(process.argv[2] ?? 50);
const DIMENSIONS = [{ Name: 'Cluster', Value: 'fleet' }];

function answerTo(operation: string, body: string): unknown {
  if (operation === 'ListMetrics') return { Metrics: metricsIn(body) };
  if (operation === 'GetMetricData') return { MetricDataResults: dataFor(body) };
  return { status: 'success', data: { resultType: 'vector', result: rowsFor(body) } };
}

function metricsIn(body: string) {
  const { Namespace, MetricName } = JSON.parse(body) as Record<string, string>;
  const names = MetricName === undefined ? ['metric_0', 'metric_1', 'metric_2', 'metric_3'] : [MetricName];
  return names.map((name) => ({ Namespace, MetricName: name, Dimensions: DIMENSIONS }));
}

function dataFor(body: string) {
  const { MetricDataQueries } = JSON.parse(body) as { MetricDataQueries: readonly { Id: string }[] };
  const Timestamps = [Math.floor(Date.now() / 60_000) * 60 - 120];
  return MetricDataQueries.map(({ Id }) => ({ Id, StatusCode: 'Complete', Timestamps, Values: [1] }));
}

/** Three series for each question that is tagged, or for the one that is not; none lacks a label. */
function rowsFor(body: string) {
  const query = new URLSearchParams(body).get('query') ?? '';
  const branches = query.split(' or label_replace(');
  return branches.flatMap((branch) => {
    if (/instance=""/.test(branch)) return [];
    const tag = /"plumbline_q", "(\d+)"/.exec(branch)?.[1];
    return [{ metric: tag === undefined ? {} : { plumbline_q: tag }, value: [Date.now() / 1000, '3'] }];
  });
}

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const target = String(request.headers['x-amz-target'] ?? '');
    const answer = answerTo(target.split('.').at(-1) ?? '', Buffer.concat(chunks).toString());
    const text = JSON.stringify(answer);
    setTimeout(() => {
      response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' }).end(text);
    }, answersAfterMs);
  });
});
server.keepAliveTimeout = 60_000;
const place = { region: REGION, credentials: [CREDENTIALS], answersAfterMs };
// A page of DynamoDB has 1 MB: about as many memories.
const paged = { table: 'plumbline-state', pageSize: 1000 };
const dynamodb = await startDynamoDB({ ...place, ...paged, clock: systemClock });
const queue = await startQueue({
  ...place,
  deliver: ({ body }) => void process.send?.({ body } satisfies Delivered),
});
server.listen(0, '127.0.0.1', () => {
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const urls = { AWS_ENDPOINT_URL: url, AWS_ENDPOINT_URL_DYNAMODB: dynamodb.url };
  process.send?.({ url, environment: { ...urls, ...queue.environment } } satisfies Environment);
});
process.on('disconnect', () => process.exit());
