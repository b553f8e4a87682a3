import { expect, test } from 'vitest';
import { awsFailure } from '../../lib/aws/failure.ts';

const failed = (name: string, message = 'words', code?: string) =>
  Object.assign(new Error(message), { name, ...(code === undefined ? {} : { code }) });

test.each([
  [failed('AccessDeniedException'), 'denied'],
  [failed('UnrecognizedClientException'), 'denied'],
  [failed('ExpiredTokenException'), 'denied'],
  [failed('CredentialsProviderError', 'Could not load credentials from any providers'), 'denied'],
  [failed('ThrottlingException'), 'throttled'],
  [failed('TooManyRequestsException'), 'throttled'],
  [failed('SlowDown'), 'throttled'],
  [failed('InvalidSignatureException'), 'clock'],
  [failed('RequestTimeTooSkewed'), 'clock'],
  [failed('AbortError'), 'timeout'],
  [failed('TimeoutError'), 'timeout'],
  [failed('ValidationException'), 'rejected'],
  [failed('Error', 'connect ECONNREFUSED', 'ECONNREFUSED'), 'unreachable'],
  [failed('Error', 'getaddrinfo ENOTFOUND', 'ENOTFOUND'), 'unreachable'],
  [failed('InternalServerException'), 'unreachable'],
  [failed('SyntaxError', 'Unexpected token'), 'invalid-response'],
  ['thrown text', 'invalid-response'],
])('%s', (error, reason) => {
  expect(awsFailure(error, 'aps:DescribeWorkspace')).toMatchObject({ kind: 'unavailable', reason });
});

test.each(['InvalidSignatureException', 'ExpiredTokenException', 'UnrecognizedClientException'])(
  '%s is told by its code: what it says may repeat the request with its token',
  (name) => {
    const { detail } = awsFailure(failed(name, 'x-amz-security-token:c2Vj'), 'aps:DescribeWorkspace');
    expect(detail).toContain(name);
    expect(detail).not.toContain('c2Vj');
  },
);

test('the action that is needed is named', () => {
  expect(awsFailure(failed('AccessDeniedException', 'no'), 'aps:DescribeWorkspace').detail).toContain(
    'aps:DescribeWorkspace',
  );
});

test.each([
  [{ of: 'words' }, 'svc:Action: Odd {"of":"words"}'],
  [12n, 'svc:Action: Odd "12"'],
  [null, 'svc:Action: Odd null'],
  [undefined, 'svc:Action: Odd Odd'],
])('an answer whose message is %s is told all the same', (message, told) => {
  const error = Object.assign(new Error('x'), { name: 'Odd', message });
  expect(awsFailure(error, 'svc:Action')).toMatchObject({ reason: 'invalid-response', detail: told });
});

test.each(['\u0000\u001b[31m\u202e', 'ExpiredTokenException\u001b[31m', 'x'.repeat(5000)])(
  'a code that is none (%j) breaks no terminal',
  (name) => {
    const { detail } = awsFailure(failed(name), 'servicequotas:GetServiceQuota');
    expect(detail).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect(detail.length).toBeLessThan(500);
  },
);
