import { type Unavailable, unavailable } from '../evidence.ts';
import { printable } from '../printable.ts';
import { hasExpired, RoleError } from './role-error.ts';

/** Refusals of who asks: their words may repeat the request, and with it a session token. The code says enough. */
const WHO_ASKS = /Signature|TooSkewed|RequestExpired|UnrecognizedClient|InvalidClientTokenId|ExpiredToken/;
/** The SDK's advice to whoever debugs. */
const ADVICE = /\s*Deserialization error: to see the raw response.*$/s;
const NETWORK = /^(E[A-Z]+|UND_ERR.*|NetworkingError|TimeoutError)$/;

/** What an AWS SDK client's rejection means, by its name and code; `action` is the permission that the call needs. */
export function awsFailure(error: unknown, action: string): Unavailable {
  if (error instanceof RoleError) return roleFailure(error);
  const name = error instanceof Error ? printable(error.name, 100) : '';
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  // The SDK calls a cut connection a TimeoutError; its code tells.
  const isCut = /^(ECONNRESET|ECONNREFUSED|EPIPE|ENOTFOUND|EAI_AGAIN)$/.test(code);
  const words = error instanceof Error ? textOf(error.message) || name : String(error);
  const said = printable(WHO_ASKS.test(name) ? name : words.replace(ADVICE, ''));
  if (/CredentialsProviderError|CredentialsError/.test(name)) {
    return unavailable(
      'denied',
      // Where the SDK names the remedy itself, such as aws sso login, another one would only mislead.
      /sso login/i.test(said)
        ? `no AWS credentials: ${said}`
        : `no AWS credentials: ${said}; set AWS_PROFILE to a profile that is there and has some, or both AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY`,
    );
  }
  if (/Throttl|TooManyRequests|SlowDown/.test(name)) return unavailable('throttled', `${action}: ${said}`);
  if (/Signature|Skew|RequestExpired/.test(name)) return unavailable('clock', `${action}: ${said}`);
  if (hasExpired(error)) {
    return unavailable(
      'denied',
      `${name}: the credentials have expired, and renewing did not help; for ${action}`,
    );
  }
  if (/AccessDenied|UnrecognizedClient|InvalidClientTokenId|Forbidden/.test(name)) {
    return unavailable('denied', `${said}; needed: ${action}`);
  }
  if (isCut) return unavailable('unreachable', `${action}: ${said || code}${rightRegion(said)}`);
  if (name === 'AnswerTooLarge') return unavailable('too-expensive', `${action}: ${said}`);
  if (name === 'AbortError' || name === 'TimeoutError') return unavailable('timeout', `${action}: ${said}`);
  if (/InternalServ|ServiceUnavailable|InternalFailure/.test(name))
    return unavailable('unreachable', `${action}: ${said}`);
  if (/Validation|InvalidParameter|InvalidRequest|MissingRequiredParameter/.test(name))
    return unavailable('rejected', `${action}: ${said}`);
  if (NETWORK.test(code) || NETWORK.test(name))
    return unavailable('unreachable', `${action}: ${said || code}`);
  // A load balancer in front of a service answers without its words.
  const status = statusOf(error);
  if (status !== undefined && status >= 500) return unavailable('unreachable', `${action}: HTTP ${status}`);
  return unavailable('invalid-response', `${action}: ${name} ${said}`);
}

/** A region that is misspelt has a name of its own that nobody knows; empty for other trouble. */
export function rightRegion(said: string): string {
  return /ENOTFOUND \S+\.amazonaws\.com/.test(said) ? '; is the region right?' : '';
}

/** The SDK makes the message of whatever stands in its place in an answer. */
function textOf(message: unknown): string {
  if (typeof message === 'string') return message;
  const withoutBigInts = (_key: string, value: unknown) =>
    typeof value === 'bigint' ? String(value) : value;
  return JSON.stringify(message, withoutBigInts) ?? '';
}

/** Whoever is refused is told the same of a role that does not exist, one that does not trust them, and one that asks for an external id. */
function roleFailure({ role, hasExternalId, cause }: RoleError): Unavailable {
  const failure = awsFailure(cause, `sts:AssumeRole on ${role}, as the default AWS credentials`);
  if (!(cause instanceof Error) || !cause.name.startsWith('AccessDenied')) return failure;
  const asked = hasExternalId ? 'asks for another externalId' : 'asks for an externalId';
  return unavailable(
    'denied',
    `${failure.detail}; or the role does not exist, its trust policy does not name who asks, or it ${asked}`,
  );
}

/** The HTTP status that an SDK client's rejection carries; undefined where there was no answer. */
export function statusOf(error: unknown): number | undefined {
  const metadata: unknown = error instanceof Error && '$metadata' in error ? error.$metadata : undefined;
  if (typeof metadata !== 'object' || metadata === null || !('httpStatusCode' in metadata)) return undefined;
  return typeof metadata.httpStatusCode === 'number' ? metadata.httpStatusCode : undefined;
}
