import type { CredentialsFor } from '../aws/credentials.ts';
import { bounded, requestHandler } from '../aws/bounded.ts';
import { awsFailure } from '../aws/failure.ts';
import { systemClock, type Clock } from '../clock.ts';
import type { ConfigPlace } from './place.ts';

/** What stands at a place: a version and its text, the version that is known already, or why it cannot be read. */
export type Fetched =
  | { readonly version: string; readonly text: string }
  | { readonly unchanged: true }
  | { readonly unreadable: string };

export interface RemotePorts {
  readonly clock: Clock;
  readonly region: string;
  readonly credentials: CredentialsFor;
  /** Whether buckets are part of the path rather than of the host: as simulated S3 has it. */
  readonly hasPathStyle: boolean;
}

const PATIENCE = { connectMs: 2000, answerMs: 4000 };

/** Reads what stands at a place outside, unless it still is the version that is `known`. Never rejects for what the network does. */
export async function fetchConfig(
  place: Exclude<ConfigPlace, { kind: 'file' }>,
  known: string | undefined,
  ports: RemotePorts,
): Promise<Fetched> {
  const action =
    place.kind === 's3'
      ? `s3:GetObject on s3://${place.bucket}/${place.key}`
      : `ssm:GetParameter on ${place.name}`;
  try {
    return await (place.kind === 's3' ? object(place, known, ports) : parameter(place, known, ports));
  } catch (error) {
    if (statusOf(error) === 304) return { unchanged: true };
    const name = error instanceof Error ? error.name : '';
    if (/^(NoSuchKey|NoSuchBucket|NotFound|ParameterNotFound)$/.test(name))
      return { unreadable: `${action}: there is none in ${ports.region}` };
    const { reason, detail } = awsFailure(error, action);
    return { unreadable: `${reason}: ${detail}` };
  }
}

async function object(
  { bucket, key }: { readonly bucket: string; readonly key: string },
  known: string | undefined,
  ports: RemotePorts,
): Promise<Fetched> {
  const { GetObjectCommand, S3Client } = await import('../aws/s3.ts');
  const settings = { ...clientSettings(ports), forcePathStyle: ports.hasPathStyle };
  const client = bounded(new S3Client(settings), { patience: PATIENCE });
  try {
    const { Body, ETag } = await client.send(
      new GetObjectCommand({ Bucket: bucket, Key: key, ...(known ? { IfNoneMatch: known } : {}) }),
    );
    // A sign-in page, or nothing, is no configuration that somebody wrote wrongly.
    if (!ETag) return { unreadable: `s3://${bucket}/${key}: what answers is not S3, the answer has no ETag` };
    return { version: ETag, text: (await Body?.transformToString()) ?? '' };
  } finally {
    client.destroy();
  }
}

async function parameter(
  { name }: { readonly name: string },
  known: string | undefined,
  ports: RemotePorts,
): Promise<Fetched> {
  const { GetParameterCommand, SSMClient } = await import('../aws/ssm.ts');
  const client = bounded(new SSMClient(clientSettings(ports)), { patience: PATIENCE });
  try {
    const { Parameter } = await client.send(new GetParameterCommand({ Name: name, WithDecryption: true }));
    if (Parameter?.Value === undefined || Parameter.Version === undefined)
      return {
        unreadable: `ssm:GetParameter on ${name}: what answers is not SSM, the answer has no Parameter`,
      };
    const version = String(Parameter.Version);
    return version === known ? { unchanged: true } : { version, text: Parameter.Value };
  } finally {
    client.destroy();
  }
}

function clientSettings({ region, credentials, clock }: RemotePorts) {
  const provide = credentials({ region, role: undefined, externalId: undefined });
  return {
    region,
    credentials: () => provide(),
    maxAttempts: 2,
    requestHandler: requestHandler(PATIENCE),
    systemClockOffset: clock.now() - systemClock.now(),
  };
}

function statusOf(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('$metadata' in error)) return undefined;
  return (error.$metadata as { readonly httpStatusCode?: number }).httpStatusCode;
}
