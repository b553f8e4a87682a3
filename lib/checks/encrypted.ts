import * as z from 'zod/mini';
import { textLike } from '../config/values.ts';
import { aboutLogGroup } from '../logs/expectation.ts';

const NEITHER =
  'is neither true, false nor the ARN of a KMS key; write true for any key of your own, or arn:aws:kms:…:key/…';

/** Whether a log group is encrypted with a key of its own account's choosing, or with which. */
export const encryptedSettings = z.union(
  [z.boolean(), textLike(/^arn:aws(?:-[a-z]+)*:kms:[a-z0-9-]+:[0-9]{12}:key\/[\w-]+$/, NEITHER)],
  { error: NEITHER },
);

const NO_KEY = 'no KMS key of your own';

/** Judges that a log group is encrypted with a KMS key, with just this one, or with none. */
export const encrypted = aboutLogGroup('encrypted', ({ encrypted: wanted }) => {
  if (wanted === undefined) return undefined;
  const isAsWanted = (kmsKey: string | undefined): boolean =>
    typeof wanted === 'string' ? kmsKey === wanted : (kmsKey !== undefined) === wanted;
  return {
    expected: wanted === true ? 'a KMS key of your own' : wanted === false ? NO_KEY : wanted,
    observed: ({ kmsKey }) => (isAsWanted(kmsKey) ? undefined : (kmsKey ?? NO_KEY)),
  };
});
