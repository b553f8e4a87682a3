export type Labels = ReadonlyMap<string, string>;

export const METRIC_NAME = '__name__';

/** The same text for the same label set, whatever the order, and for no other. */
export function labelsKey(labels: Labels): string {
  return valuesKey(labels, [...labels.keys()].sort());
}

/** The same for label sets that agree in these labels, whatever else they hold. */
export function valuesKey(labels: Labels, names: readonly string[]): string {
  let key = '';
  for (const name of names) {
    const value = labels.get(name);
    // With its length no text can be taken for two, and what is missing for nothing else.
    if (value !== undefined) key += `${name.length}:${name}${value.length}:${value}`;
  }
  return key;
}

/** The labels without those named. */
export function dropLabels(labels: Labels, names: readonly string[]): Labels {
  const rest = new Map(labels);
  for (const name of names) rest.delete(name);
  return rest;
}

/** Only the labels named, where they exist. */
export function keepLabels(labels: Labels, names: readonly string[]): Labels {
  const kept = new Map<string, string>();
  for (const name of names) {
    const value = labels.get(name);
    if (value !== undefined) kept.set(name, value);
  }
  return kept;
}

export function dropMetricName(labels: Labels): Labels {
  return labels.has(METRIC_NAME) ? dropLabels(labels, [METRIC_NAME]) : labels;
}

/** A JSON object built as text, so that a label called `__proto__` is a member like any other. */
export function labelsJson(labels: Labels): string {
  const members = [...labels].sort(byName);
  return `{${members.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join(',')}}`;
}

function byName([left]: [string, string], [right]: [string, string]): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}
