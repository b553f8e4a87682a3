import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Clock } from '../lib/clock.ts';
import { type Answered, type Fault, faults, pass } from './faults.ts';

/** What stands before one API of several regions. */
export interface FaultProxy {
  /** Without a slash at the end. */
  readonly url: string;
  /** Where requests that are signed for a region go; `''` for those that are not signed. */
  readonly targets: Map<string, string>;
  /** What goes wrong in a region: after so many requests, and for how many; Infinity until it is taken away. */
  readonly broken: Map<string, { readonly fault: Fault; after?: number; left: number }>;
  /** How many requests came for each region. */
  readonly counts: Map<string, number>;
  /** Told of what APIs answer, before anything breaks it. */
  onAnswer?: (message: IncomingMessage, body: Buffer) => void;
  close(): Promise<void>;
}

/** A proxy on 127.0.0.1, whose answers are of the clock's time. Requests pass with the Host that they were signed for. */
export async function startFaultProxy(clock?: Pick<Clock, 'now'>): Promise<FaultProxy> {
  const targets: FaultProxy['targets'] = new Map();
  const broken: FaultProxy['broken'] = new Map();
  const counts: FaultProxy['counts'] = new Map();
  const answer = async (message: IncomingMessage, response: ServerResponse): Promise<void> => {
    const dated = clock ? { date: new Date(clock.now()).toUTCString() } : {};
    response.setHeaders(new Headers(dated));
    const body = await bodyOf(message);
    const region = regionOf(message);
    counts.set(region, (counts.get(region) ?? 0) + 1);
    const target = targets.get(region);
    if (target === undefined) return void response.writeHead(404).end(`no API for region ${region}`);
    const right = async (): Promise<Answered> => {
      const answered = await forward(message, body, target, url);
      proxy.onAnswer?.(message, answered.body);
      return { ...answered, headers: { ...answered.headers, ...dated } };
    };
    const trouble = broken.get(region);
    if (!trouble || isSpared(trouble)) return pass(response, await right());
    await faults[trouble.fault](response, right);
  };
  const server = createServer((message, response) => {
    response.on('error', () => {});
    answer(message, response).catch((error: unknown) => response.destroy(asError(error)));
  });
  const url = await listening(server);
  const proxy: FaultProxy = {
    url,
    targets,
    broken,
    counts,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return proxy;
}

/** Counts one request down. */
function isSpared(trouble: { after?: number; left: number }): boolean {
  if (trouble.after !== undefined && trouble.after > 0) {
    trouble.after -= 1;
    return true;
  }
  trouble.left -= 1;
  return trouble.left < 0;
}

async function listening(server: Server): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function bodyOf(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** By the scope of the signature. */
function regionOf({ headers }: IncomingMessage): string {
  return /Credential=[^/]+\/\d+\/([^/]+)\//.exec(headers.authorization ?? '')?.[1] ?? '';
}

/** What the API answers; where it names its own address, that is this proxy's. */
async function forward(
  { method = 'GET', url: path = '/', headers }: IncomingMessage,
  body: Buffer,
  target: string,
  own: string,
): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const onward = request(`${target}${path}`, { method, headers, agent: false }, (answer) => {
      bodyOf(answer).then((text) => {
        const { 'content-length': _length, 'transfer-encoding': _coding, ...rest } = answer.headers;
        const kept = Object.entries(rest).map(([name, value]) => [name, String(value)] as const);
        resolve({
          status: answer.statusCode ?? 502,
          headers: Object.fromEntries(kept),
          body: text.includes(target) ? Buffer.from(text.toString().replaceAll(target, own)) : text,
        });
      }, reject);
    });
    onward.on('error', reject).end(body);
  });
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
