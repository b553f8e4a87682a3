import { createHash } from 'node:crypto';

/** What makes two findings the same, whatever was observed: 42 bits are plenty for the few that one signal has. */
export function findingIdentity({
  expectation,
  subject,
}: {
  readonly expectation: string;
  readonly subject: string;
}): string {
  return digest([expectation, subject]).slice(0, 7);
}

/** 22 characters that are the same for the same value. */
export function digest(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('base64url').slice(0, 22);
}
