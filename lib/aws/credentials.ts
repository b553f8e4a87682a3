import type { Clock } from '../clock.ts';

export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly expiration?: Date;
}

/** Resolves credentials, from memory while they last. Rejects where there are none or a role cannot be assumed. */
export type CredentialProvider = (options?: { forceRefresh?: boolean }) => Promise<AwsCredentials>;

/** As whom, and where, a plane is asked. */
export interface Identity {
  readonly region: string;
  readonly role: string | undefined;
  readonly externalId: string | undefined;
}

export type CredentialsFor = (identity: Identity) => CredentialProvider;

const RENEW_BEFORE_MS = 5 * 60_000;

/** A failure is remembered this long, so that a thousand clusters do not wait for the same one in turn. */
const FAILURE_LASTS_MS = 30_000;
/** No step of a chain may hang a run: STS, a credential process, an instance's metadata. */
const PATIENCE_MS = 10_000;

/**
 * Credentials by identity: the default chain (environment, profile, SSO, container, instance), and a role assumed with
 * them where one is named. Each identity is resolved once for all who wait, and kept until five minutes before it
 * expires.
 */
export function awsCredentials(clock: Clock): CredentialsFor {
  const known = new Map<string, CredentialProvider>();
  const base = remembered(async (options) => {
    const { defaultProvider } = await import('./credential-chain.ts');
    return defaultProvider({ timeout: 1000, maxRetries: 1 })(options);
  }, clock);
  return (identity) => {
    if (identity.role === undefined) return base;
    const key = JSON.stringify([identity.region, identity.role, identity.externalId]);
    const provider = known.get(key) ?? remembered(() => assumeRole(identity, base), clock);
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
  return (options) => {
    const isUnderWay = held !== undefined && held.until === undefined;
    if (held && (isUnderWay || (!options?.forceRefresh && clock.now() < (held.until ?? 0))))
      return held.credentials;
    const fresh: Held = { credentials: withinPatience(resolve(options)) };
    held = fresh;
    fresh.credentials.then(
      ({ expiration }) => {
        fresh.until = expiration ? expiration.getTime() - RENEW_BEFORE_MS : Number.POSITIVE_INFINITY;
      },
      () => {
        fresh.until = clock.now() + FAILURE_LASTS_MS;
      },
    );
    return fresh.credentials;
  };
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

async function assumeRole(identity: Identity, base: CredentialProvider): Promise<AwsCredentials> {
  const { AssumeRoleCommand, STSClient } = await import('./sts.ts');
  const client = new STSClient({ region: identity.region, credentials: () => base(), maxAttempts: 2 });
  const command = new AssumeRoleCommand({
    RoleArn: identity.role,
    RoleSessionName: 'plumbline',
    ...(identity.externalId === undefined ? {} : { ExternalId: identity.externalId }),
  });
  const { Credentials: assumed } = await client
    .send(command, { abortSignal: AbortSignal.timeout(PATIENCE_MS) })
    .catch((error: unknown) => {
      throw named(error, `sts:AssumeRole of ${identity.role ?? ''}`);
    })
    .finally(() => client.destroy());
  if (!assumed?.AccessKeyId || !assumed.SecretAccessKey) throw new Error('STS answered without credentials');
  return {
    accessKeyId: assumed.AccessKeyId,
    secretAccessKey: assumed.SecretAccessKey,
    ...(assumed.SessionToken === undefined ? {} : { sessionToken: assumed.SessionToken }),
    ...(assumed.Expiration === undefined ? {} : { expiration: assumed.Expiration }),
  };
}

/** Whatever asked for the credentials, it was this step that failed. */
function named(error: unknown, step: string): unknown {
  if (!(error instanceof Error) || error.message.includes('sts:AssumeRole')) return error;
  error.message = `${step}: ${error.message}`;
  return error;
}
