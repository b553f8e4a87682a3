import type { CredentialProvider } from '../aws/credentials.ts';
import { awsFailure } from '../aws/failure.ts';
import type { Clock } from '../clock.ts';
import type { Sign } from './client.ts';

export interface Signing {
  /** The name that AWS knows the API by in signatures: `aps`, `monitoring`. */
  readonly service: string;
  readonly region: string;
  readonly credentials: CredentialProvider;
  /** What the credentials are for, told where there are none. */
  readonly action: string;
}

/** Signs requests with SigV4 at the moment of sending, by the given clock. */
export async function sigV4(
  { service, region, credentials, action }: Signing,
  clock: Pick<Clock, 'now'>,
): Promise<Sign> {
  const { Sha256, SignatureV4 } = await import('../aws/signature.ts');
  return async ({ method = 'POST', url, headers, body }, { renew }) => {
    let identity;
    try {
      identity = await credentials({ forceRefresh: renew });
    } catch (error) {
      return awsFailure(error, `credentials for ${action}`);
    }
    const signature = new SignatureV4({ service, region, credentials: identity, sha256: Sha256 });
    const { headers: signed } = await signature.sign(
      {
        method,
        protocol: url.protocol,
        hostname: url.hostname,
        path: url.pathname,
        headers: { ...headers, host: url.host },
        body,
      },
      { signingDate: new Date(clock.now()) },
    );
    const { host: _host, ...sent } = signed;
    return sent;
  };
}
