import { createHash } from 'node:crypto';
import type { Reply } from './http.ts';

const CONTENT_TYPE = 'application/x-amz-json-1.0';

/** An answer in AWS JSON 1.0. Times in it are seconds since the epoch. */
export function awsJson(body: object): Reply {
  return { status: 200, headers: { 'content-type': CONTENT_TYPE }, body: JSON.stringify(body) };
}

/**
 * An error in AWS JSON 1.0. `queryCode` is its name in the query protocol that the service spoke before; errors of
 * the service's model carry it, and the SDK finds its exception class by either name.
 */
export function awsJsonError(status: number, type: string, message: string, queryCode?: string): Reply {
  const fault = status < 500 ? 'Sender' : 'Receiver';
  const compatible = queryCode === undefined ? {} : { 'x-amzn-query-error': `${queryCode};${fault}` };
  const body = JSON.stringify({ __type: `com.amazonaws.cloudwatch#${type}`, message });
  return { status, headers: { 'content-type': CONTENT_TYPE, ...compatible }, body };
}

/** What a parameter that GetMetricData refuses leads to; `problems` are told one a line. */
export function validationError(problems: readonly string[]): Reply {
  return awsJsonError(400, 'ValidationException', `${problems.join('\n')}\n`, 'ValidationError');
}

/** Where the next page begins: the time of the first page, for which all of them answer, and a position. */
export interface Continuation<Position> {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly position: Position;
}

/** A token that only continues the same request. */
export function nextToken<Position>(input: object, continuation: Continuation<Position>): string {
  return Buffer.from(JSON.stringify({ ...continuation, request: digest(input) })).toString('base64url');
}

/** Where `token` continues `input`; undefined where it is no token, or that of another request. */
export function continued<Position>(
  input: object,
  token: string,
  isPosition: (value: unknown) => value is Position,
): Continuation<Position> | undefined {
  const parsed = parse(Buffer.from(token, 'base64url').toString('utf8'));
  if (typeof parsed !== 'object' || parsed === null) return undefined;
  if (!('at' in parsed && 'position' in parsed && 'request' in parsed)) return undefined;
  const { at, position, request } = parsed;
  if (typeof at !== 'number' || request !== digest(input) || !isPosition(position)) return undefined;
  return { at, position };
}

/** JSON, or undefined where it is none. */
export function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The answer to a token that was not given out, or not for this request. */
export function invalidNextToken(): Reply {
  return awsJsonError(400, 'InvalidNextToken', 'The NextToken is invalid.', 'InvalidNextToken');
}

function digest(input: object): string {
  const first = { ...input, NextToken: undefined };
  return createHash('sha256').update(JSON.stringify(first)).digest('base64url');
}
