import { createHash } from 'node:crypto';
import type { Clock } from '../lib/clock.ts';
import { type Reply, type RunningServer, serve } from './http.ts';
import { type KnownCredentials, verifySignature } from './sigv4.ts';

export interface S3Options {
  readonly clock: Pick<Clock, 'now'>;
  readonly region: string;
  readonly credentials: readonly KnownCredentials[];
  /** By bucket and key, such as `config/plumbline.json`; what is set holds from then on. */
  readonly objects: ReadonlyMap<string, string>;
}

/** A simulated Amazon S3 on 127.0.0.1: GetObject with buckets in the path, and `If-None-Match`. */
export async function startS3({ clock, objects, ...account }: S3Options): Promise<RunningServer> {
  return serve((arrived) => {
    const refusal = verifySignature(arrived, { ...account, service: 's3', now: clock.now() });
    if (refusal) return error(403, refusal.type.replace(/Exception$/, ''), refusal.message);
    const body = objects.get(arrived.path.slice(1));
    if (arrived.method !== 'GET' || body === undefined)
      return error(404, 'NoSuchKey', 'The specified key does not exist.');
    const etag = `"${createHash('md5').update(body).digest('hex')}"`;
    if (arrived.headers.get('if-none-match') === etag) return { status: 304, headers: { etag }, body: '' };
    return { status: 200, headers: { etag, 'content-type': 'application/json' }, body };
  });
}

function error(status: number, code: string, message: string): Reply {
  const body = `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>${message}</Message></Error>`;
  return { status, headers: { 'content-type': 'application/xml' }, body };
}
