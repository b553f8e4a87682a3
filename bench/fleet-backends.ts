/**
 * What a fleet is observed through, as briefly as can be, in a process of its own: AMP, CloudWatch and DynamoDB, each
 * answer after so many milliseconds. Prints its address; ends with its standard input.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const delayMs = Number(process.argv[2] ?? 50);
const DIMENSIONS = [{ Name: 'Cluster', Value: 'fleet' }];

function answerTo(operation: string, body: string): unknown {
  switch (operation) {
    case 'ListMetrics':
      return { Metrics: metricsIn(body) };
    case 'GetMetricData':
      return { MetricDataResults: dataFor(body) };
    case 'Query':
      return { Items: [], Count: 0, ScannedCount: 0 };
    case 'GetItem':
    case 'PutItem':
      return {};
    default:
      return { status: 'success', data: { resultType: 'vector', result: rowsFor(body) } };
  }
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
    const operation =
      String(request.headers['x-amz-target'] ?? '')
        .split('.')
        .at(-1) ?? '';
    const answer = JSON.stringify(answerTo(operation, Buffer.concat(chunks).toString()));
    setTimeout(() => {
      response.setHeader('content-type', 'application/x-amz-json-1.0');
      response.end(answer);
    }, delayMs);
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}\n`);
});
process.stdin.resume().on('end', () => process.exit());
