import type { Baseline } from './baseline.ts';

/** The explicit expectations that a baseline stands for; a part that it says nothing about is undefined. */
export interface Pin {
  readonly series?: { readonly min: number; readonly max: number } | undefined;
  /** `require`: on every live series. `values`: of stable labels, which must exist. */
  readonly labels?:
    | {
        readonly require: readonly string[];
        readonly values: ReadonlyMap<string, readonly string[]>;
      }
    | undefined;
  /** Sets of names that are always there. */
  readonly dimensions?: readonly (readonly string[])[] | undefined;
}

/** What `baseline pin` writes into the configuration. */
export function pinOf(_baseline: Baseline, _now: number): Pin {
  return {};
}
