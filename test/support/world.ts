import { RE2JS } from 're2js';
import type { Matcher } from '../../lib/config/values.ts';
import type { Evidence } from '../../lib/evidence.ts';
import {
  type AnyEvidence,
  type Answers,
  type PresenceQuestion,
  type Question,
  questionKey,
} from '../../lib/question.ts';
import type { Signal, StateSignal, StreamSignal } from '../../lib/signal.ts';
import type { Source } from '../../lib/sources/source.ts';
import { verifyCluster, type SignalVerdict } from '../../lib/verify.ts';
import { testPorts } from './ports.ts';

const MINUTE_MS = 60_000;

/** A series that has samples from `bornMinutesAgo` until `seenMinutesAgo`. */
export interface WorldSeries {
  readonly labels: Readonly<Record<string, string>>;
  readonly bornMinutesAgo?: number;
  readonly seenMinutesAgo?: number;
  /** It ended with a stale marker. */
  readonly ended?: boolean;
}

export type Answer = (question: PresenceQuestion) => AnyEvidence | undefined;

/** A signal with nothing but defaults, for tests to bend. */
export function signal(over: Partial<StreamSignal> = {}): StreamSignal {
  return {
    name: 'canary',
    plane: 'prometheus',
    address: 'http://127.0.0.1:9090',
    endpoint: undefined,
    region: 'eu-west-1',
    role: undefined,
    externalId: undefined,
    maxSamplesProcessed: 1e8,
    metric: 'm',
    match: [],
    by: [],
    freshMs: 4 * MINUTE_MS,
    expectsSeries: true,
    series: undefined,
    labels: undefined,
    dimensions: undefined,
    when: undefined,
    severity: 'critical',
    failAfter: undefined,
    runbook: undefined,
    ...over,
  };
}

/** A signal of the machinery with nothing but defaults, for tests to bend. */
export function stateSignal(over: Partial<StateSignal> = {}): StateSignal {
  return {
    name: 'machinery',
    plane: 'eksAddon',
    address: 'prod-eu/adot',
    endpoint: undefined,
    region: 'eu-west-1',
    role: undefined,
    externalId: undefined,
    maxSamplesProcessed: 1e8,
    when: undefined,
    severity: 'critical',
    failAfter: undefined,
    runbook: undefined,
    ...over,
  };
}

/** Verifies signals against a list of series, by what the questions mean rather than by how a plane is asked. */
export async function judge(
  signals: readonly Signal[],
  series: readonly WorldSeries[],
  instead: Answer = () => undefined,
): Promise<{ verdicts: readonly SignalVerdict[]; asked: PresenceQuestion[]; rounds: number }> {
  const asked: PresenceQuestion[] = [];
  let rounds = 0;
  const source: Source = {
    text: questionKey,
    ask: async (all) => {
      const isReferrers = ({ ask }: Question): boolean => ask === 'referrers';
      // The checks of the world's signals ask nothing else.
      const questions = all.filter((one) => !isReferrers(one)) as readonly PresenceQuestion[];
      rounds += 1;
      asked.push(...questions);
      const nobody: AnyEvidence = found({ names: [], more: 0 });
      return new Map([
        ...all.filter(isReferrers).map((one) => [questionKey(one), nobody] as const),
        ...questions.map(
          (question) => [questionKey(question), instead(question) ?? answer(question, series)] as const,
        ),
      ]);
    },
  };
  const ports = testPorts();
  const onDefect = (error: unknown): void => {
    throw error;
  };
  const cluster = {
    name: 'c',
    region: 'eu-west-1',
    signals: signals.map((s) => ({ signal: s, judged: true })),
  };
  const { signals: verdicts } = await verifyCluster(cluster, { ...ports, onDefect }, () => source);
  return { verdicts, asked, rounds };
}

const NOW = 1_800_000_000_000;

export function found<T extends Answers[keyof Answers]>(value: T, partial = false): Evidence<T> {
  return { kind: 'found', value, at: NOW, partial };
}

function answer(question: PresenceQuestion, all: readonly WorldSeries[]): AnyEvidence {
  const matching = all.filter(({ labels }) => question.of.match.every((matcher) => holds(matcher, labels)));
  switch (question.ask) {
    case 'count': {
      const live = matching
        .filter((s) => isLive(s, question.freshMs, question.beforeMs ?? 0))
        .filter((s) => !question.standing || !s.ended);
      const groups = grouped(live, question.by).map(([group, members]) => ({
        group,
        series: members.length,
      }));
      return found(question.top === undefined ? groups : groups.slice(0, question.top));
    }
    case 'newest': {
      const seen = matching.filter(
        ({ seenMinutesAgo = 0 }) => seenMinutesAgo * MINUTE_MS <= question.withinMs,
      );
      return found(
        grouped(seen, question.by).map(([group, members]) => ({
          group,
          newestSampleAt: NOW - Math.min(...members.map((s) => s.seenMinutesAgo ?? 0)) * MINUTE_MS,
        })),
      );
    }
    case 'newSeries': {
      const { freshMs, sinceMs, beforeMs = 0 } = question;
      const live = matching.filter((s) => isLive(s, freshMs, beforeMs));
      return found(live.filter((s) => !isLive(s, Math.max(freshMs, 300_000), beforeMs + sinceMs)).length);
    }
    case 'keySets': {
      const sets = new Map(matching.map((s) => [JSON.stringify(Object.keys(s.labels).sort()), s.labels]));
      return found(
        [...sets.keys()].map((key) => {
          const members = matching.filter((s) => JSON.stringify(Object.keys(s.labels).sort()) === key);
          const live = members.some((s) => isLive(s, question.freshMs, 0));
          return { names: JSON.parse(key) as string[], live, pending: false };
        }),
      );
    }
    case 'keySetCounts': {
      const live = matching.filter((s) => isLive(s, question.freshMs, 0));
      const sets = Map.groupBy(live, (s) => JSON.stringify(Object.keys(s.labels).sort()));
      return found(
        [...sets].map(([key, members]) => ({ names: JSON.parse(key) as string[], series: members.length })),
      );
    }
    case 'otherLabels': {
      const live = matching.filter((s) => isLive(s, question.freshMs, 0));
      const others = live.map((s) => Object.keys(s.labels).filter((name) => !question.names.includes(name)));
      const names = [...new Set(others.flat())].sort();
      return found({ names, series: others.filter((list) => list.length > 0).length });
    }
  }
}

function isLive(
  { bornMinutesAgo = 1440, seenMinutesAgo = 0 }: WorldSeries,
  freshMs: number,
  beforeMs: number,
): boolean {
  const bornBefore = bornMinutesAgo * MINUTE_MS > beforeMs;
  return bornBefore && seenMinutesAgo * MINUTE_MS <= beforeMs + freshMs;
}

function holds({ label, operator, value }: Matcher, labels: Readonly<Record<string, string>>): boolean {
  const actual = Object.hasOwn(labels, label) ? (labels[label] ?? '') : '';
  const equal = operator.endsWith('~') ? RE2JS.compile(value).matches(actual) : actual === value;
  return operator.startsWith('!') ? !equal : equal;
}

function grouped(
  series: readonly WorldSeries[],
  by: readonly string[],
): [ReadonlyMap<string, string>, WorldSeries[]][] {
  const groups = new Map<string, [ReadonlyMap<string, string>, WorldSeries[]]>();
  for (const one of series) {
    const pairs = by.flatMap((label): [string, string][] =>
      Object.hasOwn(one.labels, label) ? [[label, one.labels[label] ?? '']] : [],
    );
    const key = JSON.stringify(pairs);
    const entry = groups.get(key) ?? [new Map(pairs), []];
    entry[1].push(one);
    groups.set(key, entry);
  }
  return [...groups.values()];
}
