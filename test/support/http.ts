import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

export interface Recorded {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  readonly form: URLSearchParams;
}

export type Respond = (request: Recorded, response: ServerResponse) => void | Promise<void>;

/** A server on loopback that records what it is asked; closed when the test is over. */
export async function serve(respond: Respond): Promise<{ url: string; requests: Recorded[] }> {
  const requests: Recorded[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString();
    const recorded: Recorded = {
      method: request.method ?? '',
      path: request.url ?? '',
      headers: request.headers,
      body,
      form: new URLSearchParams(body),
    };
    requests.push(recorded);
    await respond(recorded, response);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests };
}

/** Answers the given responses in order, then fails every further request with 599. */
export function inOrder(
  ...answers: readonly { status: number; headers?: Record<string, string>; body?: string }[]
): Respond {
  let next = 0;
  return (_request, response) => {
    const answer = answers[next] ?? { status: 599, body: 'unexpected request' };
    next += 1;
    response.writeHead(answer.status, answer.headers).end(answer.body ?? '');
  };
}

/** A successful instant vector as Prometheus words it; `rows` are label objects and values. */
export function vector(
  rows: readonly (readonly [Record<string, string>, string])[],
  at = 1_800_000_000,
  extra = {},
): string {
  const result = rows.map(([metric, value]) => ({ metric, value: [at, value] }));
  return JSON.stringify({ status: 'success', data: { resultType: 'vector', result }, ...extra });
}
