import type { ServerResponse } from 'node:http';

/** What the network, or an API that is not itself, makes of an answer that was right. */
export interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** Answers a request in place of the API; `right` is what the API would have answered, once it is asked. */
export type Break = (response: ServerResponse, right: () => Promise<Answered>) => Promise<void> | void;

const HUGE_BYTES = 300 * 1024 * 1024;
const CHUNK = Buffer.alloc(64 * 1024, '[');
const DRIP_MS = 50;
const LATENCY_MS = 300;
const TEN_MINUTES_MS = 600_000;

/** Every way in which an API is broken here, by name. */
export const faults = {
  latency: async (response, right) => {
    const answer = await right();
    setTimeout(() => pass(response, answer), LATENCY_MS);
  },
  reset: (response) => void response.socket?.resetAndDestroy(),
  cut: async (response, right) => {
    const { status, headers, body } = await right();
    response.writeHead(status, { ...headers, 'content-length': String(body.length + 1) });
    response.write(body.subarray(0, body.length / 2), () => response.socket?.resetAndDestroy());
  },
  throttled: (response) => refuse(response, 429, 'ThrottlingException', 'Rate exceeded'),
  'internal error': (response) => refuse(response, 500, 'InternalServerException', 'try again'),
  'bad gateway': (response) =>
    void response.writeHead(502, { 'content-type': 'text/html' }).end('<html><title>Bad Gateway</title>'),
  page: (response) =>
    void response.writeHead(200, { 'content-type': 'text/html' }).end('<html><title>Sign in</title>'),
  'other JSON': (response) => answerJson(response, '{"Answer":{"of":["another","API"]}}'),
  'JSON null': (response) => answerJson(response, 'null'),
  'JSON list': (response) => answerJson(response, '[]'),
  'empty object': (response) => answerJson(response, '{}'),
  'empty 200': (response) => void response.writeHead(200).end(),
  drip: async (response, right) => {
    const { status, headers, body } = await right();
    response.writeHead(status, { ...headers, 'content-length': String(body.length + 1_000_000) });
    let sent = 0;
    const dripping = setInterval(() => response.write(body.subarray(sent, (sent += 1))), DRIP_MS);
    response.on('close', () => clearInterval(dripping));
  },
  silence: () => {},
  huge: (response) => pour(response),
  'clock ahead': (response, right) => skewed(response, right, TEN_MINUTES_MS),
  'clock behind': (response, right) => skewed(response, right, -TEN_MINUTES_MS),
  'expired token': (response) =>
    refuse(response, 403, 'ExpiredTokenException', 'The security token included in the request is expired'),
  denied: (response) => refuse(response, 403, 'AccessDeniedException', 'User is not authorized'),
  'made-up conflict': (response) =>
    refuse(response, 400, 'ConditionalCheckFailedException', 'The conditional request failed'),
  'conflict of a transaction': (response) =>
    refuse(response, 400, 'TransactionConflictException', 'Transaction is ongoing for the item'),
  'canceled transaction': (response) =>
    refuse(response, 400, 'TransactionCanceledException', 'Transaction cancelled', {
      CancellationReasons: [{ Code: 'TransactionConflict', Message: 'Transaction is ongoing for the item' }],
    }),
  redirect: (response) =>
    void response.writeHead(307, { location: 'http://127.0.0.1:9/elsewhere' }).end('Temporary Redirect'),
} as const satisfies Readonly<Record<string, Break>>;

export type Fault = keyof typeof faults;

/** Passes an answer on as it is. */
export function pass(response: ServerResponse, { status, headers, body }: Answered): void {
  response.writeHead(status, { ...headers, 'content-length': String(body.length) }).end(body);
}

/** In the ways of AWS JSON, REST JSON and the query protocol at once: clients read the one that is theirs. */
function refuse(
  response: ServerResponse,
  status: number,
  type: string,
  message: string,
  more: object = {},
): void {
  const headers = { 'content-type': 'application/x-amz-json-1.0', 'x-amzn-errortype': type };
  response.writeHead(status, headers).end(JSON.stringify({ __type: type, message, ...more }));
}

function answerJson(response: ServerResponse, body: string): void {
  response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' }).end(body);
}

/** The API's own clock is off: everything is right but its Date. */
async function skewed(response: ServerResponse, right: () => Promise<Answered>, byMs: number): Promise<void> {
  const answer = await right();
  const now = Date.parse(answer.headers['date'] ?? new Date().toUTCString());
  const date = new Date(now + byMs).toUTCString();
  pass(response, { ...answer, headers: { ...answer.headers, date } });
}

/** As much as is taken, and no faster. */
function pour(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' });
  let left = HUGE_BYTES;
  const more = (): void => {
    while (left > 0 && !response.destroyed) {
      left -= CHUNK.length;
      if (!response.write(CHUNK)) return void response.once('drain', more);
    }
    response.end();
  };
  more();
}
