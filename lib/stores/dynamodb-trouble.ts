import { awsFailure } from '../aws/failure.ts';
import type { Reason } from '../evidence.ts';
import { printable } from '../printable.ts';
import { StoreError, type StoreTrouble } from './store.ts';

const TROUBLE: Partial<Record<Reason, StoreTrouble>> = {
  denied: 'denied',
  clock: 'denied',
  throttled: 'throttled',
  timeout: 'timeout',
  rejected: 'rejected',
};

/** Of who writes at the same time, and of transactions: nothing was written, and another try may do it. */
const CONFLICT = /^(Transaction|ReplicatedWrite)(Conflict|Canceled|InProgress)/;
const NEVER_SENT = /ECONNREFUSED|ENOTFOUND|EAI_AGAIN/;
const OTHER_KEYS = /key element|Missing the key|key schema|Type mismatch for key/i;

/** What a rejection of DynamoDB's client means, in words that name the table, the action and the remedy. */
export function dynamoTrouble(error: unknown, action: string, table: string): StoreError {
  if (error instanceof StoreError) return error;
  const name = error instanceof Error ? error.name : '';
  const said = printable(error instanceof Error ? error.message : String(error));
  const place = `the DynamoDB table ${table}`;
  if (name === 'ResourceNotFoundException') {
    return new StoreError(
      'missing',
      `there is no ${place.slice(4)}: ${said}; create it, or correct \`state\` or the region`,
    );
  }
  if (name === 'ValidationException' && OTHER_KEYS.test(said)) {
    return new StoreError(
      'missing',
      `${place} lacks the keys pk and sk (both strings): ${said}; name a table of Plumbline's own`,
    );
  }
  if (/Throughput|RequestLimitExceeded|Throttl/.test(name)) {
    return new StoreError('throttled', `${place} throttled ${action}: ${said}; the next run tries again`);
  }
  if (CONFLICT.test(name)) {
    const words = `${place} refused ${action} for a conflict: ${name}: ${said}; the next run tries again`;
    return new StoreError('throttled', words);
  }
  const { reason, detail } = awsFailure(error, action);
  return new StoreError(
    TROUBLE[reason] ?? 'unreachable',
    `${place}: ${detail}${remedy(reason, action, detail)}`,
  );
}

/** The error of an answer that DynamoDB would not give. */
export function notDynamo(action: string, table: string): StoreError {
  const words = `what answers for the DynamoDB table ${table} is not DynamoDB: its answer to dynamodb:${action} lacks what DynamoDB says`;
  return new StoreError('unreachable', `${words}${doubt(action)}`);
}

/** The error of a query without an end. */
export function endless(table: string, bytes: number): StoreError {
  const size = `${Math.ceil(bytes / 1024 / 1024)} MB`;
  const words = `the answer of the DynamoDB table ${table} to dynamodb:Query has no end: ${size} were read, and more would come`;
  return new StoreError(
    'too-large',
    `${words}; look what else writes to the table, or what else answers for it`,
  );
}

function remedy(reason: Reason, action: string, detail: string): string {
  if (reason === 'clock') return '; set the clock of this machine';
  if (reason === 'denied' && !detail.startsWith('no AWS credentials'))
    return '; allow it to the role that Plumbline runs as';
  const isLost = reason === 'timeout' || (reason === 'unreachable' && !NEVER_SENT.test(detail));
  return isLost ? doubt(action) : '';
}

function doubt(action: string): string {
  return /Put|Delete/.test(action) ? '; it may have been done all the same' : '';
}
