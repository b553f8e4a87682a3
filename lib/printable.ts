/**
 * Text from outside (an answer, a label value, a file) made harmless for a terminal, a log line and a message: control
 * characters and invisible marks (direction, joiners) are shown as escapes, half characters replaced, and what is longer
 * than `limit` is cut.
 */
export function printable(text: string, limit = 300): string {
  const cut = (text.length > limit ? `${text.slice(0, limit)}…` : text).toWellFormed();
  return cut.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) =>
    character === '\n' || character === '\t' ? ' ' : escaped(character),
  );
}

function escaped(character: string): string {
  return `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`;
}
