import type { Group } from './question.ts';

/** The subject of a finding about the whole signal. */
export const WHOLE = 'all series';

const PLAIN_VALUE = /^[\w.:/@-]+$/;

/** `job=kubernetes-pods, namespace=(none)`: how a group is named to people, and its identity in findings. */
export function subjectOf(group: Group, by: readonly string[]): string {
  if (by.length === 0) return WHOLE;
  return by.map((label) => labelled(label, group.get(label))).join(', ');
}

/** `label=value`, the value quoted where it is more than one plain word; `(none)` where the label is missing. */
export function labelled(label: string, value: string | undefined): string {
  if (value === undefined) return `${label}=(none)`;
  return `${label}=${PLAIN_VALUE.test(value) ? value : JSON.stringify(value)}`;
}

/** The most groups that one line names before it says how many more there are. */
const NAMED = 3;

/** `job=a, job=b and 7 more`. */
export function someSubjects(groups: readonly Group[], by: readonly string[]): string {
  const named = groups.slice(0, NAMED).map((group) => subjectOf(group, by));
  const more = groups.length - named.length;
  return more > 0 ? `${named.join('; ')} and ${more} more` : named.join('; ');
}
