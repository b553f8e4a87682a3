import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import * as z from 'zod/mini';
import type { Clock } from '../lib/clock.ts';
import { parse } from './aws-json.ts';
import { createTable, inputs, type Operation, Refused, type SimulatedTable } from './dynamodb-table.ts';
import { type ArrivedRequest, type Outcome, type Reply, type RunningServer, serve } from './http.ts';
import { type KnownCredentials, verifySignature } from './sigv4.ts';

export interface DynamoDBOptions {
  readonly clock: Pick<Clock, 'now'>;
  readonly region: string;
  readonly credentials: readonly KnownCredentials[];
  readonly table: string;
  readonly account?: string;
  /** Items a page, so that paging is exercised: 25 where not given. */
  readonly pageSize?: number;
  /** How long each answer takes. Milliseconds. */
  readonly answersAfterMs?: number;
}

export interface DynamoDB extends RunningServer, Pick<SimulatedTable, 'items' | 'consumed'> {
  /** The operations that arrived, in order, refused ones included; undefined where it is none that is simulated. */
  readonly requests: readonly (Operation | undefined)[];
  readonly deny: (action: `dynamodb:${Operation}`) => void;
  readonly allow: (action: `dynamodb:${Operation}`) => void;
  /** Throttles so many signed requests from now on: Infinity until told otherwise, 0 none. */
  readonly throttle: (requests: number) => void;
  /** Does what so many requests of one kind from now on ask for, and cuts the connection instead of answering. */
  readonly loseAnswers: (operation: Operation, requests: number) => void;
  /** Never answers so many requests from now on, nor does what they ask for. */
  readonly hang: (requests: number) => void;
}

const TARGET = 'DynamoDB_20120810.';
const MODEL = 'com.amazonaws.dynamodb.v20120810';
const CORAL = 'com.amazon.coral.service';

/**
 * A simulated Amazon DynamoDB on 127.0.0.1: one table with the keys pk and sk, and of the JSON protocol what the store
 * of Plumbline uses. What it does not know it refuses.
 */
export async function startDynamoDB(options: DynamoDBOptions): Promise<DynamoDB> {
  const table = createTable(options.pageSize ?? 25);
  const requests: (Operation | undefined)[] = [];
  const denied = new Set<string>();
  const faults = new Map<string | undefined, number>();
  const takes = (fault: string | undefined): boolean => {
    const left = faults.get(fault) ?? 0;
    faults.set(fault, left - 1);
    return left > 0;
  };
  const { answersAfterMs = 0 } = options;
  const server = await serve(async (arrived): Promise<Outcome> => {
    if (answersAfterMs > 0) await setTimeout(answersAfterMs);
    const operation = operationOf(arrived);
    requests.push(operation);
    const reply =
      refuseSignature(arrived, options) ??
      (takes('throttle') ? throttled() : undefined) ??
      (operation ? refuseAction(operation, denied, options) : undefined);
    if (reply) return stamped(reply, options);
    if (takes('hang')) return 'hang';
    const answered = answer(operation, arrived, table, options);
    return takes(operation) ? 'reset' : stamped(answered, options);
  });
  return {
    ...server,
    items: table.items,
    consumed: table.consumed,
    requests,
    deny: (action) => void denied.add(action),
    allow: (action) => void denied.delete(action),
    throttle: (count) => void faults.set('throttle', count),
    loseAnswers: (operation, count) => void faults.set(operation, count),
    hang: (count) => void faults.set('hang', count),
  };
}

function operationOf({ method, path, headers }: ArrivedRequest): Operation | undefined {
  const target = headers.get('x-amz-target');
  if (method !== 'POST' || path !== '/') return undefined;
  return (Object.keys(inputs) as Operation[]).find((operation) => target === `${TARGET}${operation}`);
}

function answer(
  operation: Operation | undefined,
  { body }: ArrivedRequest,
  table: SimulatedTable,
  options: DynamoDBOptions,
): Reply {
  if (!operation) return error(`${CORAL}#UnknownOperationException`, 'this operation is not simulated');
  const input = z.safeParse(inputs[operation], parse(Buffer.from(body).toString('utf8')));
  if (!input.success) {
    const problems = input.error.issues.map(({ path, code }) => `${path.join('.')}: ${code}`);
    return error(
      `${CORAL}#ValidationException`,
      `${operation} is not simulated with this: ${problems.join('; ')}`,
    );
  }
  const { region, account = '111122223333' } = options;
  const arn = `arn:aws:dynamodb:${region}:${account}:table/${options.table}`;
  if (![options.table, arn].includes(input.data.TableName)) {
    return error(`${MODEL}#ResourceNotFoundException`, 'Requested resource not found');
  }
  try {
    const apply = table.operations[operation] as (input: object) => object;
    const { read, write } = table.consumed;
    const applied = apply(input.data);
    const CapacityUnits = table.consumed.read - read + table.consumed.write - write;
    const isTold = input.data.ReturnConsumedCapacity === 'TOTAL';
    const consumed = isTold ? { ConsumedCapacity: { TableName: input.data.TableName, CapacityUnits } } : {};
    return { status: 200, headers: headersOf(), body: JSON.stringify({ ...applied, ...consumed }) };
  } catch (refused) {
    if (!(refused instanceof Refused)) throw refused;
    const model = refused.type === 'ValidationException' ? CORAL : MODEL;
    return error(`${model}#${refused.type}`, refused.message, refused.more);
  }
}

function refuseSignature(
  arrived: ArrivedRequest,
  { clock, region, credentials }: DynamoDBOptions,
): Reply | undefined {
  const refusal = verifySignature(arrived, { service: 'dynamodb', region, credentials, now: clock.now() });
  return refusal && error(`${CORAL}#${refusal.type}`, refusal.message);
}

function refuseAction(
  operation: Operation,
  denied: ReadonlySet<string>,
  { region, table, account = '111122223333' }: DynamoDBOptions,
): Reply | undefined {
  const action = `dynamodb:${operation}`;
  if (!denied.has(action)) return undefined;
  return error(
    `${CORAL}#AccessDeniedException`,
    `User: arn:aws:sts::${account}:assumed-role/plumbline/plumbline is not authorized to perform: ${action} on resource: ` +
      `arn:aws:dynamodb:${region}:${account}:table/${table} because no identity-based policy allows the ${action} action`,
  );
}

function throttled(): Reply {
  return error(
    `${MODEL}#ProvisionedThroughputExceededException`,
    'The level of configured provisioned throughput for the table was exceeded.',
  );
}

/** DynamoDB's errors are all HTTP 400, but for its own. */
function error(type: string, message: string, more: object = {}): Reply {
  return { status: 400, headers: headersOf(), body: JSON.stringify({ __type: type, message, ...more }) };
}

function headersOf(): Record<string, string> {
  return { 'content-type': 'application/x-amz-json-1.0', 'x-amzn-requestid': randomUUID() };
}

/** Clients correct their own clock by the Date of an answer, so it must show the simulated time. */
function stamped(reply: Reply, { clock }: DynamoDBOptions): Reply {
  return { ...reply, headers: { date: new Date(clock.now()).toUTCString(), ...reply.headers } };
}
