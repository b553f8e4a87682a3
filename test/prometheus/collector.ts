import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type PrometheusServer, startPrometheus } from '../support/prometheus.ts';

export interface Targets {
  readonly address: string;
  close(): void;
}

/** What an application exposes to be scraped. */
export async function startTargets(): Promise<Targets> {
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' });
    response.end('orders_open{queue="a"} 3\norders_open{queue="b"} 4\n');
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    address: `127.0.0.1:${port}`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** A receiving server with AMP's URL shape. */
export function startReceiver(flags: readonly string[] = []): Promise<PrometheusServer> {
  return startPrometheus({
    routePrefix: '/workspaces/ws-real',
    flags: ['--web.enable-remote-write-receiver', ...flags],
  });
}

/** A scraping agent that writes to the receiver every moment. */
export function startCollector(
  receiver: PrometheusServer,
  targets: Targets,
  jobs: readonly string[],
): Promise<PrometheusServer> {
  return startPrometheus({
    agent: true,
    flags: ['--web.enable-lifecycle'],
    config: collectorConfig(receiver, targets, jobs),
  });
}

export function collectorConfig(
  receiver: PrometheusServer,
  { address }: Targets,
  jobs: readonly string[],
): string {
  const scrapes = jobs.map(
    (job) =>
      `  - job_name: ${job}\n    static_configs: [{ targets: ['${address}'], labels: { env: test } }]\n`,
  );
  return `global: { scrape_interval: 1s, scrape_timeout: 1s }
scrape_configs:
${scrapes.join('')}remote_write:
  - url: ${receiver.url}/api/v1/write
    queue_config: { batch_send_deadline: 200ms }
`;
}

/** Asks until the condition holds; throws what was last seen when it does not within the time. */
export async function eventually<T>(
  ask: () => Promise<T>,
  holds: (seen: T) => boolean,
  withinMs = 15_000,
): Promise<T> {
  const deadline = AbortSignal.timeout(withinMs);
  for (;;) {
    const seen = await ask();
    if (holds(seen)) return seen;
    if (deadline.aborted) throw new Error(`did not become true, last: ${JSON.stringify(seen)}`);
    await new Promise((resolve) => {
      setTimeout(resolve, 1000);
    });
  }
}
