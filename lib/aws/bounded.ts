import type { Readable } from 'node:stream';
import type {
  AbsoluteLocation,
  DeserializeHandlerOptions,
  DeserializeMiddleware,
  Pluggable,
} from '@smithy/types';
import { printable } from '../printable.ts';
import { MAX_ANSWER_BYTES } from '../requests.ts';
import { type Connected, newAfterPause } from './paused.ts';
import { misshapen, type Shape } from './shape.ts';

/** How long a connection, the beginning of an answer, and the rest of it may take. Milliseconds. */
export interface Patience {
  readonly connectMs: number;
  readonly answerMs: number;
}

/** An AWS API that hangs must not hold what others wait for until the run is over. */
export const PATIENCE: Patience = { connectMs: 3000, answerMs: 15_000 };

/** AWS itself takes signatures that are as old or as new as this. */
const MOST_SKEW_MS = 5 * 60_000;

/** The settings of a client that bound a connection and the beginning of an answer; what is late is tried again. */
export function requestHandler({ connectMs, answerMs }: Patience) {
  return { connectionTimeout: connectMs, requestTimeout: answerMs, throwOnRequestTimeout: true };
}

/** As much of a client as it takes to bound its answers. */
interface Bounded extends Connected {
  readonly middlewareStack: {
    // The input and output of a client's stack are those of all its commands.
    // oxlint-disable-next-line typescript/no-explicit-any -- they stand on both sides of its methods
    readonly use: (plugin: Pluggable<any, any>) => void;
  };
}

export interface Bounds {
  readonly patience?: Patience;
  /** Refuses answers that came when it was another time: what they show would be judged by a clock that is wrong. */
  readonly now?: () => number;
}

/**
 * Bounds every answer of an SDK client, which reads them whole: 8 MB, and its patience for the body. What is larger
 * rejects as `AnswerTooLarge`, what is later as an `AbortError`, what is of another time as a `ClockSkew`, and what is
 * not of the shape that the API has as an `UnexpectedAnswer`; none of them is tried again. After a pause it connects anew.
 * Returns the client.
 */
export function bounded<Client extends Bounded>(client: Client, bounds: Bounds = {}): Client {
  const { patience: { answerMs } = PATIENCE, now } = bounds;
  const middleware: DeserializeMiddleware<object, object> = (next) => async (args) => {
    const result = await next(args);
    const { response } = result;
    if (!isResponse(response)) return result;
    const skewed = now && skewOf(response.headers, now());
    if (skewed) response.body.destroy();
    if (skewed) throw skewed;
    watchBody(response.body, answerMs);
    return result;
  };
  // Nearest to the network: whoever reads the body, for an answer or for an error, reads this one.
  const options: DeserializeHandlerOptions & AbsoluteLocation = {
    step: 'deserialize',
    priority: 'low',
    name: 'bounded',
  };
  client.middlewareStack.use({
    applyToStack: (stack) => {
      stack.add(newAfterPause(client), { step: 'initialize', priority: 'high', name: 'newAfterPause' });
      stack.add(middleware, options);
      stack.add(shaped, { step: 'deserialize', priority: 'high', name: 'shaped' });
    },
  });
  return client;
}

/** Around the one that reads the answer. */
const shaped: DeserializeMiddleware<object, object> = (next, context) => async (args) => {
  const result = await next(args);
  const place = misshapen(result.output, outputOf(context['__smithy_context']));
  if (place === undefined) return result;
  throw named('UnexpectedAnswer', `${printable(place, 100)} is not what the API is declared to answer`);
};

/** The last part of an operation's schema: [9, namespace, name, traits, input, output]. */
function outputOf(context: unknown): Shape {
  if (typeof context !== 'object' || context === null || !('operationSchema' in context)) return undefined;
  const { operationSchema } = context;
  return Array.isArray(operationSchema) ? (operationSchema[5] as Shape) : undefined;
}

interface Response {
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Readable;
}

function isResponse(response: unknown): response is Response {
  if (typeof response !== 'object' || response === null || !('body' in response)) return false;
  const { body } = response;
  return typeof body === 'object' && body !== null && 'pipe' in body && 'headers' in response;
}

/** Watches a body that somebody else reads: it stays paused until they begin, and ends for them with what is wrong. */
function watchBody(body: Readable, answerMs: number): void {
  let bytes = 0;
  const late = setTimeout(
    () => body.destroy(named('AbortError', `no complete answer within ${answerMs / 1000}s`)),
    answerMs,
  );
  body
    .pause()
    .on('data', (chunk: Uint8Array) => {
      bytes += chunk.byteLength;
      if (bytes > MAX_ANSWER_BYTES)
        body.destroy(named('AnswerTooLarge', 'the answer is larger than 8 MB and was not read'));
    })
    .once('close', () => clearTimeout(late));
}

function skewOf({ date }: Response['headers'], now: number): Error | undefined {
  const skewMs = date === undefined ? Number.NaN : now - Date.parse(date);
  if (Number.isNaN(skewMs) || Math.abs(skewMs) <= MOST_SKEW_MS) return undefined;
  const minutes = Math.round(Math.abs(skewMs) / 60_000);
  const words = `the clock of this machine is ${minutes} minutes ${skewMs > 0 ? 'ahead of' : 'behind'} that of AWS; set it`;
  return named('ClockSkew', words);
}

function named(name: string, message: string): Error {
  return Object.assign(new Error(message), { name });
}
