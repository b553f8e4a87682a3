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

/**
 * Credentials by identity: the default chain (environment, profile, SSO, container, instance), and a role assumed with
 * them where one is named. Each identity is resolved once and kept until five minutes before it expires.
 */
export function awsCredentials(clock: Clock): CredentialsFor {
  const known = new Map<string, CredentialProvider>();
  const base = remembered(async (options) => {
    const { defaultProvider } = await import('./credential-chain.ts');
    return defaultProvider()(options);
  }, clock);
  return (identity) => {
    if (identity.role === undefined) return base;
    const key = JSON.stringify([identity.region, identity.role, identity.externalId]);
    const provider = known.get(key) ?? remembered(() => assumeRole(identity, base), clock);
    known.set(key, provider);
    return provider;
  };
}

function remembered(resolve: CredentialProvider, clock: Clock): CredentialProvider {
  let current: Promise<AwsCredentials> | undefined;
  const lasts = ({ expiration }: AwsCredentials): boolean =>
    expiration === undefined || expiration.getTime() - clock.now() > RENEW_BEFORE_MS;
  return (options) => {
    current =
      current === undefined || options?.forceRefresh
        ? resolve(options)
        : current.then(
            (held) => (lasts(held) ? held : resolve()),
            () => resolve(),
          );
    return current;
  };
}

async function assumeRole(identity: Identity, base: CredentialProvider): Promise<AwsCredentials> {
  const { AssumeRoleCommand, STSClient } = await import('./sts.ts');
  const client = new STSClient({ region: identity.region, credentials: () => base() });
  const { Credentials: assumed } = await client.send(
    new AssumeRoleCommand({
      RoleArn: identity.role,
      RoleSessionName: 'plumbline',
      ...(identity.externalId === undefined ? {} : { ExternalId: identity.externalId }),
    }),
  );
  if (!assumed?.AccessKeyId || !assumed.SecretAccessKey) throw new Error('STS answered without credentials');
  return {
    accessKeyId: assumed.AccessKeyId,
    secretAccessKey: assumed.SecretAccessKey,
    ...(assumed.SessionToken === undefined ? {} : { sessionToken: assumed.SessionToken }),
    ...(assumed.Expiration === undefined ? {} : { expiration: assumed.Expiration }),
  };
}
