import type { Clock } from '../lib/clock.ts';
import { dated, formOf, serve } from './http.ts';
import type { ArrivedRequest, Outcome, Reply, RunningServer } from './http.ts';
import { verifySignature } from './sigv4.ts';
import type { KnownCredentials } from './sigv4.ts';

export interface SimulatedRole {
  /** What the trust policy asks for. */
  readonly externalId?: string;
}

export interface StsOptions {
  readonly clock: Pick<Clock, 'now'>;
  readonly region: string;
  /** Whom the roles' trust policies name. */
  readonly credentials: readonly KnownCredentials[];
  /** By ARN; may be changed while the server runs. */
  readonly roles: ReadonlyMap<string, SimulatedRole>;
  /** What is issued is added here, for other simulated APIs to know. */
  readonly issued: KnownCredentials[];
  /** Asked first, before any verification; undefined lets the call through. */
  readonly interfere?: (call: AssumeRoleCall) => Outcome | undefined;
}

export interface AssumeRoleCall {
  readonly form: URLSearchParams;
  /** By the simulated clock, milliseconds since the epoch. */
  readonly at: number;
}

export interface Sts extends RunningServer {
  /** Everything that arrived, in order, refused calls included. */
  readonly calls: readonly AssumeRoleCall[];
  /** From now on everything that was issued so far is expired, long before it was to be. */
  readonly expireAll: () => void;
}

const SESSION_NAME = /^[\w+=,.@-]{2,64}$/;
const HOUR_S = 3600;

/** A simulated AWS STS on 127.0.0.1, as far as AssumeRole goes: the query protocol, a form in and XML out. */
export async function startSts(options: StsOptions): Promise<Sts> {
  const { clock, issued } = options;
  const calls: AssumeRoleCall[] = [];
  const answer = (arrived: ArrivedRequest): Outcome => {
    const call = { form: formOf(arrived), at: clock.now() };
    calls.push(call);
    return (
      options.interfere?.(call) ?? refuseSignature(arrived, options) ?? assumeRole(call, arrived, options)
    );
  };
  const server = await serve((arrived) => {
    const outcome = answer(arrived);
    return typeof outcome === 'string' ? outcome : dated(outcome, clock.now());
  });
  return {
    ...server,
    calls,
    expireAll: () => {
      for (const [index, one] of issued.entries()) issued[index] = { ...one, expiresAt: clock.now() };
    },
  };
}

function refuseSignature(
  arrived: ArrivedRequest,
  { region, credentials, clock }: StsOptions,
): Reply | undefined {
  const refused = verifySignature(arrived, { service: 'sts', region, credentials, now: clock.now() });
  // STS's own codes lack the ending that JSON services give them.
  return refused && failure(refused.status, refused.type.replace(/Exception$/, ''), refused.message);
}

function assumeRole(
  { form, at }: AssumeRoleCall,
  { headers }: ArrivedRequest,
  { roles, issued }: StsOptions,
): Reply {
  const arn = form.get('RoleArn') ?? '';
  const session = form.get('RoleSessionName') ?? '';
  const seconds = Number(form.get('DurationSeconds') ?? HOUR_S);
  if (form.get('Action') !== 'AssumeRole') return failure(400, 'InvalidAction', 'Could not find operation');
  if (!SESSION_NAME.test(session)) {
    const words = `1 validation error detected: Value '${session}' at 'roleSessionName' failed to satisfy constraint`;
    return failure(400, 'ValidationError', words);
  }
  if (seconds > HOUR_S && headers.has('x-amz-security-token')) {
    const words =
      'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining';
    return failure(400, 'ValidationError', words);
  }
  const role = roles.get(arn);
  if (!role || (role.externalId !== undefined && role.externalId !== form.get('ExternalId'))) {
    const user = 'arn:aws:sts::111122223333:assumed-role/plumbline/plumbline';
    const words = `User: ${user} is not authorized to perform: sts:AssumeRole on resource: ${arn}`;
    return failure(403, 'AccessDenied', words);
  }
  const number = issued.length + 1;
  const expiresAt = at + seconds * 1000;
  const keys = {
    accessKeyId: `ASIAREHEARSAL${number}`,
    secretAccessKey: `secret-${number}`,
    sessionToken: `token-${number}`,
  };
  issued.push({ ...keys, expiresAt });
  return xml(
    200,
    `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult>` +
      `<AssumedRoleUser><AssumedRoleId>AROAREHEARSAL:${session}</AssumedRoleId><Arn>${assumedArn(arn, session)}</Arn></AssumedRoleUser>` +
      `<Credentials><AccessKeyId>${keys.accessKeyId}</AccessKeyId><SecretAccessKey>${keys.secretAccessKey}</SecretAccessKey>` +
      `<SessionToken>${keys.sessionToken}</SessionToken><Expiration>${new Date(expiresAt).toISOString()}</Expiration></Credentials>` +
      `</AssumeRoleResult></AssumeRoleResponse>`,
  );
}

function assumedArn(arn: string, session: string): string {
  return `${arn.replace(':iam::', ':sts::').replace(':role/', ':assumed-role/')}/${session}`;
}

function failure(status: number, code: string, message: string): Reply {
  const error = `<Error><Type>Sender</Type><Code>${code}</Code><Message>${escaped(message)}</Message></Error>`;
  return xml(
    status,
    `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">${error}</ErrorResponse>`,
  );
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}

function xml(status: number, body: string): Reply {
  return { status, headers: { 'content-type': 'text/xml' }, body };
}
