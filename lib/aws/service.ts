import { systemClock } from '../clock.ts';
import type { ObservedRequest } from '../requests.ts';
import type { SourcePorts } from '../sources/source.ts';
import { type CredentialProvider, type Identity, identityKey } from './credentials.ts';
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

type Settable = Parameters<typeof bounded>[0] & {
  readonly config: { systemClockOffset: number };
  readonly destroy: () => void;
};
type Constructor<Client> = new (settings: ClientSettings) => Client;

/**
 * Opens an API by the constructor of its client. It signs by the ports' clock, tries three times, and reads no more than is
 * bounded. The client is that of the runs before where there is one.
 */
export function awsService<Client extends Settable>(
  Client: Constructor<Client>,
  identity: Identity,
  ports: SourcePorts,
): AwsService<Client> {
  const { clock } = ports;
  const credentials = ports.credentials(identity);
  const offset = (): number => clock.now() - systemClock.now();
  const open = (): Client => {
    const client = new Client({
      region: identity.region,
      credentials: () => credentials(),
      maxAttempts: 3,
      systemClockOffset: offset(),
      requestHandler: requestHandler(PATIENCE),
    });
    return bounded(client, { now: () => clock.now() });
  };
  return {
    as: identity.role ?? 'the default AWS credentials',
    request: async (counted, send) => {
      const kept = keptClient(Client, identity, ports, open);
      const attempt = (through: Client) =>
        ports.limit(() => {
          ports.onRequest?.(counted);
          // A client that was refused for its time would go on with what it learned.
          through.config.systemClockOffset = offset();
          return send(through, { abortSignal: untilDeadline(ports) });
        });
      const refused = kept.client;
      kept.inFlight += 1;
      try {
        return await attempt(refused).catch(async (error: unknown) => {
          if (!hasExpired(error)) throw error;
          await credentials({ forceRefresh: true });
          // The SDK keeps what it was given for as long as it was said to last. Others may have been refused meanwhile.
          if (kept.client === refused) kept.client = open();
          return attempt(kept.client);
        });
      } finally {
        kept.inFlight -= 1;
        kept.usedAt = systemClock.now();
      }
    },
  };
}

interface Kept<Client> extends Pick<SourcePorts, 'clock' | 'credentials'> {
  readonly Client: Constructor<Client>;
  readonly key: string;
  client: Client;
  inFlight: number;
  usedAt: number;
}

/** A function has 1,024 descriptors, and a client up to six connections. */
const MOST_KEPT = 50;

/** Opening a client costs as much as several requests, and it keeps its connections: those that were used last stay, as long as the memory. */
const clients = new WeakMap<SourcePorts['memory'], readonly Kept<Settable>[]>();

function keptClient<Client extends Settable>(
  Client: Constructor<Client>,
  identity: Identity,
  { memory, clock, credentials }: SourcePorts,
  open: () => Client,
): Kept<Client> {
  const key = identityKey(identity);
  const all = clients.get(memory) ?? [];
  // What is kept under a constructor is what it made.
  const before = all.find(
    (one) =>
      one.Client === Client && one.key === key && one.clock === clock && one.credentials === credentials,
  ) as Kept<Client> | undefined;
  if (before) return before;
  const kept = { Client, key, clock, credentials, client: open(), inFlight: 0, usedAt: systemClock.now() };
  const idle = all.filter(({ inFlight }) => inFlight === 0).toSorted((a, b) => a.usedAt - b.usedAt);
  const over = new Set(idle.slice(0, Math.max(0, all.length + 1 - MOST_KEPT)));
  for (const { client } of over) client.destroy();
  clients.set(memory, [...all.filter((one) => !over.has(one)), kept]);
  return kept;
}

/** The signal that ends a request when the run is over. */
export function untilDeadline({ deadline, clock }: Pick<SourcePorts, 'deadline' | 'clock'>): AbortSignal {
  return AbortSignal.timeout(Math.max(1, Math.ceil(deadline - clock.now() - 500)));
}
