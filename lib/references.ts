import { bounded } from './aws/bounded.ts';
import type { CredentialsFor } from './aws/credentials.ts';
import { awsFailure } from './aws/failure.ts';
import { type Clock, systemClock } from './clock.ts';
import type { Env } from './config/env.ts';
import { REFERENCE } from './config/texts.ts';

/** What a reference stands for, or why that could not be learnt; `retry` where asking again later may help. */
export type Resolution =
  | { readonly value: string }
  | { readonly unresolved: string; readonly retry: boolean };

export type ResolveReference = (reference: string, signal: AbortSignal) => Promise<Resolution>;

export interface ReferencePorts {
  readonly clock: Clock;
  readonly env: Env;
  /** Where parameters and secrets are read. */
  readonly region: string | undefined;
  readonly credentials: CredentialsFor;
}

const KEPT_MS = 5 * 60_000;

/**
 * Resolves `ssm:NAME` (decrypted), `secretsmanager:NAME` and `${env:NAME}`, anything else stands for itself. Answers are
 * kept for five minutes, so that a rotated secret is picked up by the next run but one; failures are not kept. No
 * resolution ever tells a value that it did resolve, and none rejects.
 */
export function referenceResolver(ports: ReferencePorts): ResolveReference {
  const known = new Map<string, { value: string; at: number }>();
  return async (reference, signal) => {
    const held = known.get(reference);
    if (held && ports.clock.now() - held.at < KEPT_MS) return { value: held.value };
    const resolution = await resolve(reference, ports, signal);
    if ('value' in resolution) known.set(reference, { value: resolution.value, at: ports.clock.now() });
    return resolution;
  };
}

async function resolve(written: string, ports: ReferencePorts, signal: AbortSignal): Promise<Resolution> {
  const unset = [...written.matchAll(REFERENCE)].find(([, name = '']) => !valueOf(ports.env, name));
  if (unset) return { unresolved: `the environment variable ${unset[1]} is not set`, retry: false };
  const text = written.replace(REFERENCE, (_, name: string) => valueOf(ports.env, name) ?? '');
  const [, store, name = ''] = /^(ssm|secretsmanager):(.+)$/.exec(text) ?? [];
  if (store === undefined) return { value: text.trim() };
  const region = /^arn:[^:]+:secretsmanager:([^:]+):/.exec(name)?.[1] ?? ports.region;
  if (!region)
    return { unresolved: 'AWS_REGION is not set; set it to the region of the parameter', retry: false };
  const place = {
    name,
    region,
    credentials: ports.credentials({ region, role: undefined, externalId: undefined }),
  };
  try {
    const value =
      store === 'ssm' ? await parameter(place, ports, signal) : await secret(place, ports, signal);
    if (value) return { value };
    if (value === undefined)
      return {
        unresolved: `what answers for ${store}:${name} is not ${store === 'ssm' ? 'SSM' : 'Secrets Manager'}`,
        retry: true,
      };
    return { unresolved: `${store}:${name} holds no text`, retry: false };
  } catch (error) {
    return unresolved(error, store === 'ssm' ? 'ssm:GetParameter' : 'secretsmanager:GetSecretValue', place);
  }
}

function valueOf(env: Env, name: string): string | undefined {
  return Object.hasOwn(env, name) ? env[name] : undefined;
}

interface Place {
  readonly name: string;
  readonly region: string;
  readonly credentials: ReturnType<CredentialsFor>;
}

/** The text that stands there; undefined where the answer is none of SSM's, which names what it gives. */
async function parameter(
  place: Place,
  ports: ReferencePorts,
  abortSignal: AbortSignal,
): Promise<string | undefined> {
  const { GetParameterCommand, SSMClient } = await import('./aws/ssm.ts');
  const client = bounded(new SSMClient(clientSettings(place, ports)));
  try {
    const command = new GetParameterCommand({ Name: place.name, WithDecryption: true });
    const { Parameter } = await client.send(command, { abortSignal });
    return Parameter?.Value?.trim() ?? (Parameter?.Name === undefined ? undefined : '');
  } finally {
    client.destroy();
  }
}

/** The same, of Secrets Manager; a secret may be bytes, which are no text. */
async function secret(
  place: Place,
  ports: ReferencePorts,
  abortSignal: AbortSignal,
): Promise<string | undefined> {
  const { GetSecretValueCommand, SecretsManagerClient } = await import('./aws/secrets-manager.ts');
  const client = bounded(new SecretsManagerClient(clientSettings(place, ports)));
  try {
    const command = new GetSecretValueCommand({ SecretId: place.name });
    const { SecretString, Name } = await client.send(command, { abortSignal });
    return SecretString?.trim() ?? (Name === undefined ? undefined : '');
  } finally {
    client.destroy();
  }
}

function clientSettings({ region, credentials }: Place, { clock }: ReferencePorts) {
  return {
    region,
    credentials: () => credentials(),
    maxAttempts: 2,
    systemClockOffset: clock.now() - systemClock.now(),
  };
}

function unresolved(error: unknown, action: string, { name, region }: Place): Resolution {
  const kind = error instanceof Error ? error.name : '';
  if (kind === 'ParameterNotFound' || kind === 'ResourceNotFoundException') {
    return { unresolved: `${action}: there is no ${name} in ${region}`, retry: false };
  }
  const { reason, detail } = awsFailure(error, `${action} on ${name}`);
  return { unresolved: `${reason}: ${detail}`, retry: reason !== 'denied' && reason !== 'rejected' };
}
