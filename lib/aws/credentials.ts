import { type Clock, systemClock } from '../clock.ts';
import { bounded } from './bounded.ts';
import { hasExpired, RoleError } from './role-error.ts';

export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly expiration?: Date;
}

/**
 * Resolves credentials, from memory while they last; `forceRefresh` says that those were refused as expired. Rejects
 * where there are none, and with a RoleError where a role cannot be assumed.
 */
export type CredentialProvider = (options?: { forceRefresh?: boolean }) => Promise<AwsCredentials>;

/** As whom, and where, a plane is asked. */
export interface Identity {
  readonly region: string;
  readonly role: string | undefined;
  readonly externalId: string | undefined;
}

/** Equal for equal identities, and for no others: what is remembered under it is as one identity sees it. */
export function identityKey({ region, role, externalId }: Identity): string {
  return JSON.stringify([region, role, externalId]);
}

export type CredentialsFor = (identity: Identity) => CredentialProvider;

const RENEW_BEFORE_MS = 5 * 60_000;
/** Who learns of an early expiry within a minute of another is given what was renewed for that one. */
const RENEWAL_LASTS_MS = 60_000;
/** The longest that a role lasts which is assumed with the credentials of another role, as a Lambda function's are. */
const ROLE_LASTS_S = 3600;

/** A failure is remembered this long, so that a thousand clusters do not wait for the same one in turn. */
const FAILURE_LASTS_MS = 30_000;
/** No step of a chain may hang a run: STS, a credential process, an instance's metadata. */
const PATIENCE_MS = 10_000;

/**
 * Credentials by identity: the default chain (environment, profile, SSO, container, instance), and a role assumed with
 * them where one is named. Each identity is resolved once for all who wait, and kept until five minutes before it
 * expires. `caller` is told to whoever reads the other account's CloudTrail, in the name of the session.
 */
export function awsCredentials(clock: Clock, caller = 'plumbline'): CredentialsFor {
  const known = new Map<string, CredentialProvider>();
  const base = remembered(async (options) => {
    const { defaultProvider } = await import('./credential-chain.ts');
    return defaultProvider({ timeout: 1000, maxRetries: 1 })(options);
  }, clock);
  return (identity) => {
    if (identity.role === undefined) return base;
    const key = identityKey(identity);
    const provider =
      known.get(key) ?? remembered(() => assumeRole(identity, sessionName(caller), base, clock), clock);
    known.set(key, provider);
    return provider;
  };
}

interface Held {
  readonly credentials: Promise<AwsCredentials>;
  /** Until when it answers without asking again; unknown while it is under way. */
  until?: number;
}

function remembered(resolve: CredentialProvider, clock: Clock): CredentialProvider {
  let held: Held | undefined;
  let renewedAt = Number.NEGATIVE_INFINITY;
  return (options) => {
    const now = clock.now();
    const isRenewal = options?.forceRefresh === true && now >= renewedAt + RENEWAL_LASTS_MS;
    if (held && (held.until === undefined || (!isRenewal && now < held.until))) return held.credentials;
    if (isRenewal) renewedAt = now;
    const fresh: Held = { credentials: withinPatience(resolve(options)) };
    held = fresh;
    fresh.credentials.then(
      ({ expiration }) => {
        fresh.until = expiration ? renewAt(expiration.getTime(), clock.now()) : Number.POSITIVE_INFINITY;
      },
      () => {
        fresh.until = clock.now() + FAILURE_LASTS_MS;
      },
    );
    return fresh.credentials;
  };
}

/** What lasts less than twice as long as that is renewed at its half: else every request would renew it. */
function renewAt(expires: number, now: number): number {
  return expires - Math.min(RENEW_BEFORE_MS, (expires - now) / 2);
}

async function withinPatience<T>(work: Promise<T>): Promise<T> {
  const patience = AbortSignal.timeout(PATIENCE_MS);
  const overdue = new Promise<never>((_resolve, reject) => {
    patience.addEventListener('abort', () => {
      reject(Object.assign(new Error('no answer within 10s'), { name: 'TimeoutError' }));
    });
  });
  return Promise.race([work, overdue]);
}

/** At most 64 of the characters that STS takes. */
function sessionName(caller: string): string {
  const name = caller.startsWith('plumbline') ? caller : `plumbline-${caller}`;
  return name.replace(/[^\w+=,.@-]/g, '-').slice(0, 64);
}

async function assumeRole(
  identity: Identity,
  sessionName: string,
  base: CredentialProvider,
  clock: Clock,
): Promise<AwsCredentials> {
  const { region, role = '', externalId } = identity;
  const { AssumeRoleCommand, STSClient } = await import('./sts.ts');
  const command = new AssumeRoleCommand({
    RoleArn: role,
    RoleSessionName: sessionName,
    DurationSeconds: ROLE_LASTS_S,
    ...(externalId === undefined ? {} : { ExternalId: externalId }),
  });
  // The client asks the STS of its region, which answers also while others do not.
  const ask = async (credentials: AwsCredentials) => {
    const systemClockOffset = clock.now() - systemClock.now();
    const client = bounded(new STSClient({ region, credentials, maxAttempts: 2, systemClockOffset }));
    const abortSignal = AbortSignal.timeout(PATIENCE_MS);
    return client.send(command, { abortSignal }).finally(() => client.destroy());
  };
  try {
    const { Credentials: assumed } = await ask(await base()).catch(async (error: unknown) => {
      if (!hasExpired(error)) throw error;
      return ask(await base({ forceRefresh: true }));
    });
    if (!assumed?.AccessKeyId || !assumed.SecretAccessKey)
      throw new Error('STS answered without credentials');
    return {
      accessKeyId: assumed.AccessKeyId,
      secretAccessKey: assumed.SecretAccessKey,
      ...(assumed.SessionToken === undefined ? {} : { sessionToken: assumed.SessionToken }),
      ...(assumed.Expiration === undefined ? {} : { expiration: assumed.Expiration }),
    };
  } catch (error) {
    throw new RoleError({ role, externalId, cause: error });
  }
}
