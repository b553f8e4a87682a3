import type { Verdict } from '../lib/verify.ts';

/** The exit codes of `check`; `wrong` also of every command whose arguments or configuration are. */
export const EXIT = { ok: 0, failing: 1, wrong: 2, unknown: 3, broken: 4 } as const satisfies Record<
  Verdict | 'wrong' | 'broken',
  number
>;
