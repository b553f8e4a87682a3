import { type Unavailable, unavailable } from '../evidence.ts';
import { printable } from '../printable.ts';

const NETWORK = /^(E[A-Z]+|UND_ERR.*|NetworkingError|TimeoutError)$/;

/** What an AWS SDK client's rejection means, by its name and code; `action` is the permission that the call needs. */
export function awsFailure(error: unknown, action: string): Unavailable {
  const name = error instanceof Error ? error.name : '';
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  // The SDK calls a cut connection a TimeoutError; its code tells.
  const isCut = /^(ECONNRESET|ECONNREFUSED|EPIPE|ENOTFOUND|EAI_AGAIN)$/.test(code);
  const said = printable(error instanceof Error ? error.message || name : String(error));
  if (/CredentialsProviderError|CredentialsError/.test(name)) {
    return unavailable(
      'denied',
      `no AWS credentials: ${said}; set AWS_PROFILE, or the AWS_ACCESS_KEY_ID variables`,
    );
  }
  if (/Throttl|TooManyRequests/.test(name)) return unavailable('throttled', `${action}: ${said}`);
  if (/Signature|Skew|RequestExpired/.test(name)) return unavailable('clock', `${action}: ${said}`);
  if (/AccessDenied|UnrecognizedClient|InvalidClientTokenId|ExpiredToken|Forbidden/.test(name)) {
    return unavailable('denied', `${said}; needed: ${action}`);
  }
  if (isCut) return unavailable('unreachable', `${action}: ${said || code}`);
  if (name === 'AbortError' || name === 'TimeoutError') return unavailable('timeout', `${action}: ${said}`);
  if (/InternalServ|ServiceUnavailable|InternalFailure/.test(name))
    return unavailable('unreachable', `${action}: ${said}`);
  if (/Validation|InvalidParameter|MissingRequiredParameter/.test(name))
    return unavailable('rejected', `${action}: ${said}`);
  if (NETWORK.test(code) || NETWORK.test(name))
    return unavailable('unreachable', `${action}: ${said || code}`);
  return unavailable('invalid-response', `${action}: ${name} ${said}`);
}
