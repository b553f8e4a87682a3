import { json } from './json.ts';
import type { Report } from './report.ts';
import { type Paint, text } from './text.ts';

/** Every format a report can be written in. */
export const formats = { text, json } as const satisfies Record<
  string,
  (report: Report, paint: Paint) => string
>;

export type Format = keyof typeof formats;
