import { COUNTS, MEMBERS } from './break-counts.ts';
import { LOSSES, RENAMES } from './break-names.ts';
import type { Kind } from './kind.ts';

/** Real drift, each beginning at another hour of the day. */
export const BREAKS: readonly Kind[] = [...RENAMES, ...LOSSES, ...COUNTS, ...MEMBERS];
