import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

export interface KnownCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  /** Milliseconds since the epoch; from then on the session token is expired. */
  readonly expiresAt?: number;
}

export interface SignedRequest {
  readonly method: string;
  /** As it was sent, without the query. */
  readonly path: string;
  /** As it was sent, without the question mark. */
  readonly rawQuery: string;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Uint8Array;
}

export interface Receiver {
  readonly service: string;
  readonly region: string;
  readonly credentials: readonly KnownCredentials[];
  /** Milliseconds since the epoch. */
  readonly now: number;
}

export interface Refusal {
  readonly status: number;
  readonly type: string;
  readonly message: string;
}

const ALGORITHM = 'AWS4-HMAC-SHA256';
const TOLERANCE = 5 * 60_000;
const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/u;

interface Authorization {
  readonly accessKeyId: string;
  readonly day: string;
  readonly region: string;
  readonly service: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  /** `YYYYMMDDTHHMMSSZ`. */
  readonly date: string;
}

/** Verifies a request as AWS does on arrival. Returns why it is refused, in AWS's words, or undefined. */
export function verifySignature(request: SignedRequest, receiver: Receiver): Refusal | undefined {
  if (!request.headers.has('authorization')) {
    return refusal('MissingAuthenticationTokenException', 'Missing Authentication Token');
  }
  const authorization = parseAuthorization(request.headers);
  if (!authorization) {
    return refusal(
      'IncompleteSignatureException',
      "Authorization header is malformed, or 'X-Amz-Date' is missing.",
    );
  }
  const known = receiver.credentials.find(({ accessKeyId }) => accessKeyId === authorization.accessKeyId);
  return (
    refuseToken(known, request.headers.get('x-amz-security-token'), receiver.now) ??
    refuseScope(authorization, receiver) ??
    refuseDate(authorization.date, receiver.now) ??
    refuseSignature(request, authorization, known?.secretAccessKey ?? '')
  );
}

function refusal(type: string, message: string): Refusal {
  return { status: 403, type, message };
}

function parseAuthorization(headers: ReadonlyMap<string, string>): Authorization | undefined {
  const match = AUTHORIZATION.exec(headers.get('authorization') ?? '');
  const date = headers.get('x-amz-date');
  if (!match || date === undefined || !/^\d{8}T\d{6}Z$/u.test(date)) return undefined;
  const [, accessKeyId = '', day = '', region = '', service = '', signed = '', signature = ''] = match;
  const signedHeaders = signed.split(';');
  if (!signedHeaders.includes('host')) return undefined;
  return { accessKeyId, day, region, service, signedHeaders, signature, date };
}

function refuseToken(
  known: KnownCredentials | undefined,
  token: string | undefined,
  now: number,
): Refusal | undefined {
  if (!known || known.sessionToken !== token) {
    return refusal('UnrecognizedClientException', 'The security token included in the request is invalid.');
  }
  if (known.expiresAt === undefined || now < known.expiresAt) return undefined;
  return refusal('ExpiredTokenException', 'The security token included in the request is expired');
}

function refuseScope(authorization: Authorization, { service, region }: Receiver): Refusal | undefined {
  if (authorization.service !== service) {
    return invalid(`Credential should be scoped to correct service: '${service}'. `);
  }
  if (authorization.region !== region) {
    return invalid(`Credential should be scoped to a valid region, not '${authorization.region}'. `);
  }
  const { day, date } = authorization;
  if (date.startsWith(day)) return undefined;
  const dates = `'${day}' != '${date.slice(0, 8)}', from '${date}'.`;
  return invalid(
    `Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: ${dates}`,
  );
}

function refuseDate(date: string, now: number): Refusal | undefined {
  const signedAt = Date.parse(date.replace(/^(....)(..)(..)T(..)(..)(..)Z$/u, '$1-$2-$3T$4:$5:$6Z'));
  const server = basicFormat(now);
  if (signedAt < now - TOLERANCE) {
    const bound = basicFormat(now - TOLERANCE);
    return invalid(`Signature expired: ${date} is now earlier than ${bound} (${server} - 5 min.)`);
  }
  if (signedAt <= now + TOLERANCE) return undefined;
  const bound = basicFormat(now + TOLERANCE);
  return invalid(`Signature not yet current: ${date} is still later than ${bound} (${server} + 5 min.)`);
}

function refuseSignature(
  request: SignedRequest,
  authorization: Authorization,
  secret: string,
): Refusal | undefined {
  const expected = Buffer.from(signatureOf(request, authorization, secret), 'hex');
  if (timingSafeEqual(expected, Buffer.from(authorization.signature, 'hex'))) return undefined;
  return invalid(
    'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key ' +
      'and signing method. Consult the service documentation for details.',
  );
}

function invalid(message: string): Refusal {
  return refusal('InvalidSignatureException', message);
}

function signatureOf(
  request: SignedRequest,
  { day, region, service, signedHeaders, date }: Authorization,
  secret: string,
): string {
  const canonical = [
    request.method,
    canonicalPath(request.path),
    canonicalQuery(request.rawQuery),
    ...signedHeaders.map((name) => `${name}:${collapse(request.headers.get(name) ?? '')}`),
    '',
    signedHeaders.join(';'),
    sha256(request.body),
  ].join('\n');
  const scope = `${day}/${region}/${service}/aws4_request`;
  const text = [ALGORITHM, date, scope, sha256(Buffer.from(canonical, 'utf8'))].join('\n');
  return Buffer.from(hmac(signingKey(secret, day, region, service), text)).toString('hex');
}

/** Whoever asks signs with the same keys all day. */
const SIGNING_KEYS = 100;
const signingKeys = new Map<string, Uint8Array>();

function signingKey(
  secret: string,
  ...scope: readonly [day: string, region: string, service: string]
): Uint8Array {
  const of = JSON.stringify([secret, ...scope]);
  const first: Uint8Array = Buffer.from(`AWS4${secret}`, 'utf8');
  const key = signingKeys.get(of) ?? [...scope, 'aws4_request'].reduce(hmac, first);
  if (signingKeys.size >= SIGNING_KEYS) signingKeys.clear();
  signingKeys.set(of, key);
  return key;
}

/** Every service but S3 escapes the path that is sent a second time. */
function canonicalPath(path: string): string {
  return path.split('/').map(escape).join('/');
}

function canonicalQuery(rawQuery: string): string {
  return [...new URLSearchParams(rawQuery)]
    .map(([name, value]) => [escape(name), escape(value)] as const)
    .sort(([leftName, left], [rightName, right]) => order(leftName, rightName) || order(left, right))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}

function escape(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/gu,
    (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function order(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

function collapse(value: string): string {
  return value.trim().replace(/\s+/gu, ' ');
}

function basicFormat(at: number): string {
  return new Date(at).toISOString().replace(/[:-]|\.\d{3}/gu, '');
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function hmac(key: Uint8Array, text: string): Uint8Array {
  return createHmac('sha256', key).update(text, 'utf8').digest();
}
