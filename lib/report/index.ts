import type { HtmlExtras } from './html.ts';
import { json } from './json.ts';
import type { Report } from './report.ts';
import { type Paint, text } from './text.ts';

/** What a format may use besides the report. */
export interface FormatExtras extends HtmlExtras {
  readonly paint: Paint;
}

/** Every format a report can be written in. What takes longer to load than to write is loaded when it is used. */
export const formats = {
  text: (report, { paint }) => text(report, paint),
  json,
  junit: async (report) => (await import('./junit.ts')).junit(report),
  markdown: async (report) => (await import('./markdown.ts')).markdown(report),
  html: async (report, extras) => (await import('./html.ts')).html(report, extras),
} as const satisfies Record<string, (report: Report, extras: FormatExtras) => string | Promise<string>>;

export type Format = keyof typeof formats;

export function isFormat(word: string): word is Format {
  return Object.hasOwn(formats, word);
}
