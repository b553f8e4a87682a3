/**
 * Text from outside (an answer, a label value, a file) made harmless for a terminal, a log line and a message: control
 * characters are shown as escapes, invisible direction marks too, and what is longer than `limit` is cut.
 */
export function printable(text: string, limit = 300): string {
  const cut = text.length > limit ? `${text.slice(0, limit)}…` : text;
  // oxlint-disable-next-line no-control-regex -- control characters are the point
  return cut.replace(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g, (character) =>
    character === '\n' || character === '\t' ? ' ' : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
