/** A role could not be assumed; the cause is what STS, or whoever holds the credentials to ask it with, said. */
export class RoleError extends Error {
  override readonly name = 'RoleError';
  readonly role: string;
  readonly hasExternalId: boolean;
  constructor({
    role,
    externalId,
    cause,
  }: {
    readonly role: string;
    readonly externalId: string | undefined;
    readonly cause: unknown;
  }) {
    super(`sts:AssumeRole on ${role}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    this.role = role;
    this.hasExternalId = externalId !== undefined;
  }
}

/** Whether a request was refused because the token that it was signed with has expired. */
export function hasExpired(error: unknown): boolean {
  return error instanceof Error && error.name.startsWith('ExpiredToken');
}
