import { expect, test } from 'vitest';
import { readRefusal, retryAfterMs } from '../../lib/promql/refusal.ts';

const JSON_TYPE = { 'content-type': 'application/json' };
const awsType = (type: string) => ({ 'x-amzn-errortype': type });

// Each row: what came back, and what it means.
test.each([
  [
    'a PromQL parse error',
    400,
    {},
    '{"status":"error","errorType":"bad_data","error":"parse error: unexpected \\"limit\\""}',
    'rejected',
    false,
  ],
  ['a query string AMP could not read', 400, awsType('InvalidQueryStringException'), '', 'rejected', false],
  [
    'missing rights, AWS JSON',
    403,
    awsType('AccessDeniedException'),
    '{"Message":"User: x is not authorized to perform: aps:QueryMetrics"}',
    'denied',
    false,
  ],
  ['missing rights, no type', 403, {}, '{"message":"Missing Authentication Token"}', 'denied', false],
  [
    'an unknown access key',
    403,
    {},
    '{"__type":"com.amazon#UnrecognizedClientException","message":"The security token included in the request is invalid."}',
    'denied',
    false,
  ],
  [
    'an expired token',
    403,
    awsType('ExpiredTokenException'),
    '{"message":"The security token included in the request is expired"}',
    'denied',
    false,
  ],
  [
    'an expired token with 400',
    400,
    {},
    '{"__type":"ExpiredTokenException","message":"expired"}',
    'denied',
    false,
  ],
  [
    'a wrong signature',
    403,
    awsType('InvalidSignatureException'),
    '{"message":"The request signature we calculated does not match"}',
    'clock',
    false,
  ],
  [
    'a skewed clock',
    403,
    {},
    '{"message":"Signature expired: 20261120T115000Z is now earlier than 20261120T115500Z"}',
    'clock',
    false,
  ],
  ['an AMP throttle', 429, {}, '{"message":"Rate exceeded"}', 'throttled', true],
  [
    'a throttle that comes as 400',
    400,
    awsType('ThrottlingException'),
    '{"message":"Rate exceeded"}',
    'throttled',
    true,
  ],
  [
    'an answer above 50 MiB',
    413,
    { 'content-type': 'text/plain' },
    'response larger than the max (181673024 vs 52428800)',
    'too-expensive',
    false,
  ],
  [
    'a query over its time',
    422,
    {},
    '{"status":"error","errorType":"execution","error":"query timed out - consider simplifying your query"}',
    'timeout',
    false,
  ],
  [
    'a series limit',
    422,
    {},
    '{"status":"error","errorType":"execution","error":"the query hit the max number of series limit (limit: 100000 series)"}',
    'too-expensive',
    false,
  ],
  [
    'a chunks limit',
    422,
    {},
    '{"status":"error","errorType":"execution","error":"the query hit the max number of chunks limit"}',
    'too-expensive',
    false,
  ],
  [
    'a range limit',
    422,
    {},
    '{"status":"error","errorType":"execution","error":"the query time range exceeds the limit (query length: 9h, limit: 1h)"}',
    'too-expensive',
    false,
  ],
  [
    'the sample limit of Prometheus',
    422,
    {},
    '{"status":"error","errorType":"execution","error":"query processing would load too many samples into memory in query execution"}',
    'too-expensive',
    false,
  ],
  [
    'an expression that cannot be executed',
    422,
    {},
    '{"status":"error","errorType":"execution","error":"vector cannot contain metrics with the same labelset"}',
    'rejected',
    false,
  ],
  [
    'a Prometheus timeout',
    503,
    {},
    '{"status":"error","errorType":"timeout","error":"query timed out in expression evaluation"}',
    'timeout',
    false,
  ],
  ['an overloaded server', 503, {}, 'upstream connect error', 'unreachable', true],
  [
    'an internal error',
    500,
    JSON_TYPE,
    '{"status":"error","errorType":"internal","error":"boom"}',
    'unreachable',
    true,
  ],
  [
    'a gateway that waited too long',
    504,
    {},
    '<html><title>504 Gateway Time-out</title></html>',
    'timeout',
    false,
  ],
  [
    'a redirect, which is never followed with credentials',
    302,
    { location: 'https://elsewhere.example' },
    '',
    'invalid-response',
    false,
  ],
  ['a path without the API', 404, {}, '404 page not found', 'invalid-response', false],
] as const)('%s', (_name, status, headers, body, reason, canHeal) => {
  const refusal = readRefusal({ status, headers: new Headers(headers), body });
  expect({ reason: refusal.reason, canHeal: refusal.canHeal }).toEqual({ reason, canHeal });
});

const envelope = (error: string, errorType = 'execution') =>
  JSON.stringify({ status: 'error', errorType, error });

// Where 422 is a throttle too: what it says, what that means, and whether it may mean the question.
test.each([
  [envelope('Rate exceeded'), 'throttled', false],
  [envelope('query request rate limit reached, maximum TPS is 300'), 'throttled', false],
  [envelope('slow down', 'too_many_requests'), 'throttled', false],
  ['{"__type":"ThrottlingException","message":""}', 'throttled', false],
  ['{"message":"Too many requests"}', 'throttled', false],
  ['', 'throttled', true],
  ['Unprocessable Entity', 'throttled', true],
  [envelope('vector cannot contain metrics with the same labelset'), 'throttled', true],
  [envelope('duplicate series for "requests throttled" on {a="throttled"}'), 'throttled', true],
  [envelope('the maximum of 100000 series scanned is exceeded'), 'too-expensive', false],
  [envelope('the series limit is exceeded by {"throttled.requests"}'), 'too-expensive', false],
  [envelope('the query time range exceeds the limit (limit: 7d)'), 'too-expensive', false],
  [envelope('query timed out in expression evaluation'), 'timeout', false],
  [envelope('1:5: parse error', 'bad_data'), 'rejected', false],
])('422 that may be a throttle, with %s', (body, reason, isDoubtful) => {
  const answer = { status: 422, headers: new Headers(), body };
  const refusal = readRefusal(answer, { throttlesWith422: true });
  expect(refusal).toMatchObject({ reason, isDoubtful, canHeal: reason === 'throttled' });
  expect(readRefusal(answer).isDoubtful).toBe(false);
});

test('a 422 of nothing but quotes is read', () => {
  for (const text of ['{', '"', '\\"', '"\\', '{"']) {
    const answer = { status: 422, headers: new Headers(), body: text.repeat(60_000) };
    expect(readRefusal(answer, { throttlesWith422: true }).reason).toBe('throttled');
  }
});

test.each(['throttled.requests', 'signature.ver', 'request timeout', 'limit', 'rate exceeded'])(
  'a parse error that quotes "%s" is still a parse error',
  (words) => {
    const error = `invalid parameter "query": 1:23: parse error: unexpected string "${words}"`;
    const body = JSON.stringify({ status: 'error', errorType: 'bad_data', error });
    expect(readRefusal({ status: 400, headers: new Headers(), body }).reason).toBe('rejected');
  },
);

test.each([
  'query exceeded max_samples_processed_error_threshold',
  'the number of samples processed is above the threshold',
])('the cost guard is read as too expensive: %s', (error) => {
  const body = JSON.stringify({ status: 'error', errorType: 'execution', error });
  expect(readRefusal({ status: 422, headers: new Headers(), body }).reason).toBe('too-expensive');
  const aws = JSON.stringify({ message: error });
  expect(readRefusal({ status: 400, headers: new Headers(), body: aws }).reason).toBe('too-expensive');
});

test('a redirect says where to, an address without the API what to write', () => {
  const location = new Headers({ location: 'https://login.example/' });
  expect(readRefusal({ status: 302, headers: location, body: '' }).detail).toContain(
    'https://login.example/',
  );
  expect(readRefusal({ status: 404, headers: new Headers(), body: 'no' }).detail).toContain(
    'write the base URL',
  );
});

test('only an expired token asks for new credentials', () => {
  const refusal = (body: string) => readRefusal({ status: 403, headers: new Headers(), body });
  expect(refusal('{"message":"The security token included in the request is expired"}').expired).toBe(true);
  expect(refusal('{"message":"Signature expired: 1 is now earlier than 2"}').expired).toBe(false);
});

test('a missing workspace is absence, a missing page is not', () => {
  const headers = new Headers(awsType('ResourceNotFoundException:http://internal.amazon.com/'));
  expect(readRefusal({ status: 404, headers, body: '{"message":"Workspace not found"}' }).absent).toBe(true);
  expect(readRefusal({ status: 404, headers: new Headers(), body: 'not found' }).absent).toBe(false);
});

test('what a server says is cut and cannot steer a terminal', () => {
  const { detail } = readRefusal({
    status: 500,
    headers: new Headers(),
    body: `\u001b[2J${'x'.repeat(5000)}`,
  });
  expect(detail).not.toContain('\u001b');
  expect(detail.length).toBeLessThan(400);
});

test('a page for people is told by its title', () => {
  const body = '<html><head><title>Sign in to Corporate Proxy</title></head><body>lots</body></html>';
  expect(readRefusal({ status: 500, headers: new Headers(), body }).detail).toBe(
    'HTTP 500: Sign in to Corporate Proxy',
  );
});

test('Retry-After is read as seconds or as a date', () => {
  const now = Date.parse('2026-11-20T12:00:00Z');
  const read = (value: string) => retryAfterMs(new Headers({ 'retry-after': value }), now);
  expect(read('3')).toBe(3000);
  expect(read('Fri, 20 Nov 2026 12:00:10 GMT')).toBe(10_000);
  expect(read('soon')).toBeUndefined();
  expect(retryAfterMs(new Headers(), now)).toBeUndefined();
});
