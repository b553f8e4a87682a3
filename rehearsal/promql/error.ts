/** Why a query has no answer, in Prometheus's words: `bad_data` is answered with 400, `execution` with 422. */
export class QueryError extends Error {
  readonly errorType: 'bad_data' | 'execution';

  constructor(errorType: 'bad_data' | 'execution', message: string) {
    super(message);
    this.name = 'QueryError';
    this.errorType = errorType;
  }
}

/** A query that Prometheus would answer and the rehearsal does not. */
export function notSimulated(what: string): QueryError {
  return new QueryError('execution', `not simulated: ${what}`);
}
