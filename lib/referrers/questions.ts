import type { Matcher } from '../config/values.ts';

/** Something of a signal that is missing, for whoever refers to it. */
export type Loss =
  /** Series with these values of labels fell silent, `''` where they lack the label; without any, all that match. */
  | { readonly silent: readonly (readonly [label: string, value: string])[] }
  /** The series with exactly this set of dimension names, sorted. */
  | { readonly set: readonly string[] }
  /** Series carry the label no more. */
  | { readonly label: string };

/** Who refers to what a signal lost: alarms of CloudWatch, rules of a workspace. Asked on the failing path only. */
export interface ReferrersQuestion {
  readonly ask: 'referrers';
  readonly metric: string;
  /** Of the plane where metrics have one. */
  readonly namespace?: string;
  /** The linked account that the metric is in. */
  readonly account?: string;
  readonly match: readonly Matcher[];
  readonly lost: readonly Loss[];
}

/** Each as `alarm NAME` or `rule GROUP/NAME`, printable, those first that refer to nothing else; and how many more there are. */
export interface Referrers {
  readonly names: readonly string[];
  readonly more: number;
}

/** What an alarm or a rule looks at. */
export interface Use {
  readonly metric: string;
  /** Undefined where the metric's plane has none. */
  readonly namespace?: string | undefined;
  readonly account?: string | undefined;
  /** The very series, by its dimensions; undefined for a query. */
  readonly dimensions?: ReadonlyMap<string, string>;
  /** What a query selects by. */
  readonly match: readonly Matcher[];
  /** Every word of a query that may be a label. */
  readonly words: ReadonlySet<string>;
}

export interface Referrer {
  readonly name: string;
  readonly uses: readonly Use[];
}
