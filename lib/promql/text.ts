import type { Matcher } from '../config/values.ts';
import type { Selection } from '../question.ts';

const METRIC_NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const LABEL_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;
const GO_ESCAPES: Record<string, string> = {
  '\\': '\\\\',
  '"': '\\"',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
};

/** A PromQL string literal. Control characters are escaped as Go does, so that any text stays one literal. */
export function quote(text: string): string {
  const escaped = text.replace(/[\\"\p{Cc}]/gu, (character) => {
    const hex = character.charCodeAt(0).toString(16).padStart(4, '0');
    return GO_ESCAPES[character] ?? `\\u${hex}`;
  });
  return `"${escaped}"`;
}

/** An RE2 expression that matches exactly one of the texts. */
export function anyOf(texts: readonly string[]): string {
  return texts.map((text) => text.replace(/[\\.+*?()|[\]{}^$]/g, String.raw`\$&`)).join('|');
}

/** Names outside the classic alphabet are quoted, which Prometheus 3 understands and older servers reject. */
export function labelList(names: readonly string[]): string {
  return names.map((name) => (LABEL_NAME.test(name) ? name : quote(name))).join(', ');
}

/** One matcher as it stands between the braces of a selector. */
export function matcherText({ label, operator, value }: Matcher): string {
  return `${labelList([label])}${operator}${quote(value)}`;
}

/** `metric{label="value",…}`. */
export function selector({ metric, match }: Selection): string {
  const matchers = match.map(matcherText);
  if (METRIC_NAME.test(metric)) return matchers.length === 0 ? metric : `${metric}{${matchers.join(',')}}`;
  return `{${[quote(metric), ...matchers].join(',')}}`;
}

/** A PromQL duration in whole seconds or the largest unit that fits: `15m`, `90s`. */
export function promDuration(milliseconds: number): string {
  const seconds = Math.max(1, Math.round(milliseconds / 1000));
  if (seconds % 3600 === 0) return `${seconds / 3600}h`;
  return seconds % 60 === 0 ? `${seconds / 60}m` : `${seconds}s`;
}
