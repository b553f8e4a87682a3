import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A workspace and a CloudWatch with one live series each, which answer as briefly as can be. */
export async function startPlane(): Promise<{ url: string; close: () => void }> {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const target = String(request.headers['x-amz-target'] ?? '')
      .split('.')
      .at(-1);
    const path = request.url ?? '';
    response.setHeader('content-type', target ? 'application/x-amz-json-1.0' : 'application/json');
    response.end(JSON.stringify(answerTo(target || path, Buffer.concat(chunks).toString(), url)));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

function answerTo(asked: string, body: string, url: string): unknown {
  if (asked === 'ListMetrics') {
    return {
      Metrics: [{ Namespace: 'Bench', MetricName: 'up', Dimensions: [{ Name: 'Cluster', Value: 'bench' }] }],
    };
  }
  if (asked === 'GetMetricData') {
    const { MetricDataQueries } = JSON.parse(body) as { MetricDataQueries: readonly { Id: string }[] };
    const Timestamps = [Math.floor(Date.now() / 60_000) * 60 - 120];
    return {
      MetricDataResults: MetricDataQueries.map(({ Id }) => ({
        Id,
        StatusCode: 'Complete',
        Timestamps,
        Values: [1],
      })),
    };
  }
  if (asked.startsWith('/workspaces/ws-1234') && !asked.includes('/api/v1/')) {
    return { workspace: { workspaceId: 'ws-1234', prometheusEndpoint: `${url}/workspaces/ws-1234/` } };
  }
  const result = [{ metric: {}, value: [Date.now() / 1000, '3'] }];
  return { status: 'success', data: { resultType: 'vector', result } };
}
