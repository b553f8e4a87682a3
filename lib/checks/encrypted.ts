import * as z from 'zod/mini';
import { textLike } from '../config/values.ts';
import type { Check } from '../expectation.ts';

const NEITHER =
  'is neither true, false nor the ARN of a KMS key; write true for any key of your own, or arn:aws:kms:…:key/…';

/** Whether a log group is encrypted with a key of its own account's choosing, or with which. */
export const encryptedSettings = z.union(
  [z.boolean(), textLike(/^arn:aws(?:-[a-z]+)*:kms:[a-z0-9-]+:[0-9]{12}:key\/[\w-]+$/, NEITHER)],
  { error: NEITHER },
);

export const encrypted: Check = () => [];
