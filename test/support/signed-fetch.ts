import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';

export interface Signing {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly region: string;
  readonly service: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

export interface PlainRequest {
  readonly method: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** The headers, signature included, that AWS's own signer makes for a request to `url`. */
export async function signedHeaders(
  url: string,
  request: PlainRequest,
  signing: Signing,
): Promise<Record<string, string>> {
  const { region, service, at, ...credentials } = signing;
  const { protocol, hostname, host, pathname, searchParams } = new URL(url);
  const query: Record<string, string[]> = {};
  for (const name of new Set(searchParams.keys())) query[name] = searchParams.getAll(name);
  const signer = new SignatureV4({ credentials, region, service, sha256: Sha256 });
  const signed = await signer.sign(
    { ...request, protocol, hostname, path: pathname, query, headers: { ...request.headers, host } },
    { signingDate: new Date(at) },
  );
  return signed.headers;
}

/** Sends a signed request with `fetch`. */
export async function signedFetch(url: string, request: PlainRequest, signing: Signing): Promise<Response> {
  return fetch(url, { ...request, headers: await signedHeaders(url, request, signing) });
}
