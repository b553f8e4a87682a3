import { ApiError, type Input } from './aws-api.ts';

/** A page of names, as `maxResults` and `nextToken` ask for, and the token of the next where there is one. */
export function pageOf(
  names: readonly string[],
  { maxResults, nextToken }: Input,
  pageSize: number,
): { readonly page: readonly string[]; readonly token: { readonly nextToken?: string } } {
  const token = typeof nextToken === 'string' ? nextToken : 'after:0';
  const from = Number(/^after:(\d+)$/.exec(token)?.[1]);
  if (Number.isNaN(from)) throw new ApiError('InvalidParameterException', 'Invalid token.');
  const to = from + Math.min(pageSize, maxResults === undefined ? pageSize : Number(maxResults));
  return { page: names.slice(from, to), token: to < names.length ? { nextToken: `after:${to}` } : {} };
}
