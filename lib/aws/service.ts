import { systemClock } from '../clock.ts';
import type { ObservedRequest } from '../requests.ts';
import type { SourcePorts } from '../sources/source.ts';
import type { CredentialProvider, Identity } from './credentials.ts';
import { bounded, PATIENCE, requestHandler } from './bounded.ts';
import { hasExpired } from './role-error.ts';

interface ClientSettings {
  readonly region: string;
  readonly credentials: CredentialProvider;
  readonly maxAttempts: number;
  readonly systemClockOffset: number;
  readonly requestHandler: ReturnType<typeof requestHandler>;
}

interface RequestOptions {
  readonly abortSignal: AbortSignal;
}

/** An AWS API, asked as an identity. */
export interface AwsService<Client> {
  /** What the identity is called in a refusal. */
  readonly as: string;
  /**
   * Sends one request; rejects as the SDK does. It is counted, bounded with all others in flight, ends with the run, and
   * is sent once more with new credentials where a token has expired early.
   */
  readonly request: <Output>(
    counted: ObservedRequest,
    send: (client: Client, options: RequestOptions) => Promise<Output>,
  ) => Promise<Output>;
}

/** Opens an API by the constructor of its client. It signs by the ports' clock, tries three times, and reads no more than is bounded. */
export function awsService<Client extends Parameters<typeof bounded>[0]>(
  Client: new (settings: ClientSettings) => Client,
  identity: Identity,
  ports: SourcePorts,
): AwsService<Client> {
  const credentials = ports.credentials(identity);
  const open = (): Client => {
    const client = new Client({
      region: identity.region,
      credentials: () => credentials(),
      maxAttempts: 3,
      systemClockOffset: ports.clock.now() - systemClock.now(),
      requestHandler: requestHandler(PATIENCE),
    });
    return bounded(client, { now: () => ports.clock.now() });
  };
  let client = open();
  return {
    as: identity.role ?? 'the default AWS credentials',
    request: (counted, send) => {
      const attempt = (through: Client) =>
        ports.limit(() => {
          ports.onRequest?.(counted);
          return send(through, { abortSignal: untilDeadline(ports) });
        });
      const refused = client;
      return attempt(refused).catch(async (error: unknown) => {
        if (!hasExpired(error)) throw error;
        await credentials({ forceRefresh: true });
        // The SDK keeps what it was given for as long as it was said to last. Others may have been refused meanwhile.
        if (client === refused) client = open();
        return attempt(client);
      });
    },
  };
}

/** The signal that ends a request when the run is over. */
export function untilDeadline({ deadline, clock }: Pick<SourcePorts, 'deadline' | 'clock'>): AbortSignal {
  return AbortSignal.timeout(Math.max(1, Math.ceil(deadline - clock.now() - 500)));
}
