import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ArrivedRequest {
  readonly method: string;
  /** As it was sent, without the query. */
  readonly path: string;
  /** As it was sent, without the question mark. */
  readonly rawQuery: string;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Uint8Array;
}

export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A reply, or what a broken network does: never answer, or cut the connection. */
export type Outcome = Reply | 'hang' | 'reset';

export interface RunningServer {
  /** Without a slash at the end. */
  readonly url: string;
  close(): Promise<void>;
}

const BODY_LIMIT = 1_048_576;

/** What a server answers, at once or after a while. */
type Answer = (request: ArrivedRequest) => Outcome | Promise<Outcome>;

/** Serves on a free port of 127.0.0.1 until closed; an error thrown by `answer` becomes a plain 500. */
export async function serve(answer: Answer): Promise<RunningServer> {
  const server = createServer((message, response) => {
    void respond(message, response, answer);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** A reply in JSON, in the way of AWS where `type` names an error. */
export function json(status: number, body: string, type?: string): Reply {
  const errorType = type === undefined ? {} : { 'x-amzn-errortype': type };
  return { status, headers: { 'content-type': 'application/json', ...errorType }, body };
}

/** The parameters of the query and of a posted form together. */
export function formOf({ rawQuery, headers, body }: ArrivedRequest): URLSearchParams {
  const isForm = headers.get('content-type')?.startsWith('application/x-www-form-urlencoded') ?? false;
  const posted = isForm ? new URLSearchParams(Buffer.from(body).toString('utf8')) : [];
  return new URLSearchParams([...posted, ...new URLSearchParams(rawQuery)]);
}

/** A reply of the simulated time (ms): clients correct their own clock by it. */
export function dated(reply: Reply, now: number): Reply {
  return { ...reply, headers: { date: new Date(now).toUTCString(), ...reply.headers } };
}

async function respond(message: IncomingMessage, response: ServerResponse, answer: Answer): Promise<void> {
  try {
    const body = await readBody(message);
    send(
      response,
      body ? await answer(arrived(message, body)) : { status: 413, body: 'http: request body too large' },
    );
  } catch (error) {
    send(response, { status: 500, body: String(error) });
  }
}

async function readBody(message: IncomingMessage): Promise<Uint8Array | undefined> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of message as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    if (size <= BODY_LIMIT) chunks.push(chunk);
  }
  return size <= BODY_LIMIT ? Buffer.concat(chunks) : undefined;
}

function arrived(message: IncomingMessage, body: Uint8Array): ArrivedRequest {
  const [path = '/', ...query] = (message.url ?? '/').split('?');
  const headers = new Map<string, string>();
  for (const [name, value] of Object.entries(message.headers)) {
    headers.set(name, Array.isArray(value) ? value.join(',') : (value ?? ''));
  }
  return { method: message.method ?? 'GET', path, rawQuery: query.join('?'), headers, body };
}

function send(response: ServerResponse, outcome: Outcome): void {
  if (outcome === 'hang') return;
  if (outcome === 'reset') {
    response.socket?.resetAndDestroy();
    return;
  }
  response.writeHead(outcome.status, outcome.headers).end(outcome.body);
}
