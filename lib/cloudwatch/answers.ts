import { found, type Unavailable } from '../evidence.ts';
import type { AnyEvidence, Answers, Group, PresenceQuestion } from '../question.ts';
import { turnsOver } from '../turnover.ts';
import type { ListedSeries } from './listing.ts';
import type { Reading } from './reading.ts';

/**
 * A new metric is listed up to 15 minutes late (CloudWatch documentation of ListMetrics), counted from its own first
 * point: a successor begins some minutes after its predecessor's last.
 */
export const LISTED_LATE_MS = 20 * 60_000;

/** A series that is silent for longer than the newest of its like has ended. */
const STANDING_MS = 300_000;

export interface Part {
  readonly group: Group;
  readonly members: readonly ListedSeries[];
  /** How many live members prove the part; undefined where every member must be read. */
  readonly enough: number | undefined;
}

export type Readings = ReadonlyMap<string, Reading>;

/** The parts of a question's candidates that are answered each on their own: groups of labels, or sets of names. */
export function partsOf(question: PresenceQuestion, candidates: readonly ListedSeries[]): readonly Part[] {
  const parts = new Map<string, { group: Group; members: ListedSeries[] }>();
  const listed =
    question.ask === 'keySets' ? question.sets?.map((names) => JSON.stringify(names)) : undefined;
  for (const series of candidates) {
    const { key, group } = partKey(question, series);
    if (listed && !listed.includes(key)) continue;
    const part = parts.get(key) ?? { group, members: [] };
    part.members.push(series);
    parts.set(key, part);
  }
  const enough = question.ask === 'keySets' ? 1 : question.ask === 'count' ? question.enough : undefined;
  const ordered = [...parts].sort(([a], [b]) => (a < b ? -1 : 1));
  return ordered.map(([, part]) => ({ ...part, enough }));
}

function partKey(question: PresenceQuestion, { dimensions }: ListedSeries): { key: string; group: Group } {
  if (question.ask === 'keySets' || question.ask === 'keySetCounts')
    return { key: JSON.stringify([...dimensions.keys()]), group: new Map() };
  const by = 'by' in question ? question.by : [];
  const group = new Map(
    by.flatMap((label) => (dimensions.has(label) ? [[label, dimensions.get(label) ?? ''] as const] : [])),
  );
  return { key: JSON.stringify(by.map((label) => group.get(label) ?? null)), group };
}

/** Whether a series had a datapoint inside the bound, now or `beforeMs` ago. */
export function isLive(reading: Reading | undefined, now: number, freshMs: number, beforeMs = 0): boolean {
  const at = now - beforeMs;
  return reading?.ends.some((end) => end >= at - freshMs && end - reading.periodMs < at) ?? false;
}

/** Members that were read and live, as the question counts them. */
function liveMembers(question: PresenceQuestion, { members }: Part, readings: Readings, now: number) {
  const freshMs = 'freshMs' in question ? question.freshMs : 0;
  const beforeMs = 'beforeMs' in question ? question.beforeMs : 0;
  return members.filter(({ key }) => isLive(readings.get(key), now, freshMs, beforeMs));
}

/** True where what was read settles the part: enough live members are proven, or every member was read. */
export function isSettled(question: PresenceQuestion, part: Part, readings: Readings, now: number): boolean {
  if (part.members.every(({ key }) => readings.has(key))) return true;
  return part.enough !== undefined && liveMembers(question, part, readings, now).length >= part.enough;
}

/**
 * The answer, from parts that are settled. A part may prove life although some of its members could not be read; death
 * and counts need every member, else the trouble of the reading is the answer.
 */
export function answer(
  question: PresenceQuestion,
  parts: readonly Part[],
  readings: Readings,
  now: number,
): AnyEvidence {
  const trouble = parts
    .map((part) => troubleOf(question, part, readings, now))
    .find((found) => found !== undefined);
  if (trouble) return trouble;
  const atLeast = parts.some(({ members }) => members.some(({ key }) => !readings.has(key)));
  return { ...found(valueOf(question, parts, readings, now), now), ...(atLeast ? { atLeast } : {}) };
}

function troubleOf(
  question: PresenceQuestion,
  part: Part,
  readings: Readings,
  now: number,
): Unavailable | undefined {
  const { enough } = part;
  if (enough !== undefined && liveMembers(question, part, readings, now).length >= enough) return undefined;
  return part.members.flatMap(({ key }) => readings.get(key)?.trouble ?? [])[0];
}

function valueOf(
  question: PresenceQuestion,
  parts: readonly Part[],
  readings: Readings,
  now: number,
): Answers[keyof Answers] {
  const live = (part: Part) => liveMembers(question, part, readings, now);
  switch (question.ask) {
    case 'count': {
      // Relative to the newest point of all, for points of all of them may be late.
      const newest = maximum(
        parts.flatMap(({ members }) => members.map(({ key }) => newestEnd(readings.get(key)))),
      );
      const stands = ({ key }: ListedSeries): boolean =>
        !question.standing || newestEnd(readings.get(key)) >= newest - STANDING_MS;
      const counts = parts.map((part) => ({
        group: part.group,
        series: live(part).filter(stands).length,
        pending: question.beforeMs ? 0 : pendingMembers(part, readings, now, question.freshMs),
      }));
      return question.top === undefined ? counts : largest(counts, question.top);
    }
    case 'keySets':
      return parts.map((part) => ({
        names: [...(part.members[0]?.dimensions.keys() ?? [])],
        live: live(part).length > 0,
        pending: live(part).length === 0 && pendingMembers(part, readings, now, question.freshMs) > 0,
      }));
    case 'keySetCounts':
      return parts.map((part) => ({
        names: [...(part.members[0]?.dimensions.keys() ?? [])],
        series: live(part).length,
        pending: pendingMembers(part, readings, now, question.freshMs),
      }));
    case 'newest':
      return parts.flatMap(({ group, members }) => {
        const ends = members.flatMap(({ key }) => readings.get(key)?.ends ?? []);
        return ends.length === 0 ? [] : [{ group, newestSampleAt: Math.min(now, maximum(ends)) }];
      });
    case 'newSeries': {
      const { freshMs, sinceMs, beforeMs = 0 } = question;
      const seenForMs = Math.max(freshMs, 300_000);
      return parts
        .flatMap(live)
        .filter(({ key }) => !isLive(readings.get(key), now, seenForMs, beforeMs + sinceMs)).length;
    }
    case 'otherLabels': {
      const others = parts.flatMap(live).map(({ dimensions }) => {
        return [...dimensions.keys()].filter((name) => !question.names.includes(name));
      });
      const names = [...new Set(others.flat())].sort();
      return { names, series: others.filter((list) => list.length > 0).length };
    }
  }
}

/** Silent series of something that rollouts replace, silent for less long than a successor may go unlisted. */
function pendingMembers({ members }: Part, readings: Readings, now: number, freshMs: number): number {
  return members.filter(({ key, dimensions }) => {
    const reading = readings.get(key);
    if (!reading || reading.ends.length === 0 || isLive(reading, now, freshMs)) return false;
    return [...dimensions.keys()].some(turnsOver) && now - maximum(reading.ends) <= LISTED_LATE_MS;
  }).length;
}

function largest(counts: Answers['count'], top: number): Answers['count'] {
  return counts.toSorted((a, b) => b.series - a.series).slice(0, top);
}

function newestEnd(reading: Reading | undefined): number {
  return maximum(reading?.ends ?? []);
}

function maximum(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
}
