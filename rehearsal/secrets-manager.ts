import type { Clock } from '../lib/clock.ts';
import { json, type RunningServer, serve } from './http.ts';
import { type KnownCredentials, verifySignature } from './sigv4.ts';

export interface SecretsManagerOptions {
  readonly clock: Pick<Clock, 'now'>;
  readonly region: string;
  readonly credentials: readonly KnownCredentials[];
  /** By name; what is set holds from then on. */
  readonly secrets: ReadonlyMap<string, string>;
}

/** A simulated AWS Secrets Manager on 127.0.0.1: GetSecretValue, of secrets that are texts. */
export async function startSecretsManager({
  clock,
  secrets,
  ...account
}: SecretsManagerOptions): Promise<RunningServer> {
  return serve((arrived) => {
    const refusal = verifySignature(arrived, { ...account, service: 'secretsmanager', now: clock.now() });
    if (refusal) return json(refusal.status, JSON.stringify({ message: refusal.message }), refusal.type);
    if (arrived.headers.get('x-amz-target') !== 'secretsmanager.GetSecretValue')
      return json(400, '{}', 'UnknownOperationException');
    const { SecretId = '' } = JSON.parse(Buffer.from(arrived.body).toString()) as { SecretId?: string };
    const SecretString = secrets.get(SecretId);
    if (SecretString === undefined) {
      const message = "Secrets Manager can't find the specified secret.";
      return json(400, JSON.stringify({ message }), 'ResourceNotFoundException');
    }
    return json(200, JSON.stringify({ Name: SecretId, SecretString }));
  });
}
