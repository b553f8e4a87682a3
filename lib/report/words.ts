import { counted } from '../counted.ts';
import { formatDuration } from '../duration.ts';
import { instant } from '../instant.ts';
import type { Verdict } from '../verify.ts';
import { refusalIn, refusedTogether } from './refusal.ts';
import type { SignalReport } from './report.ts';

export function took(durationMs: number): string {
  return durationMs < 1000 ? `${durationMs} ms` : formatDuration(durationMs);
}

/** `3 signals: 1 failing, 2 ok` */
export function tally(signals: readonly { readonly verdict: Verdict }[]): string {
  const told = (['failing', 'unknown', 'ok'] as const).flatMap((verdict) => {
    const count = signals.filter((signal) => signal.verdict === verdict).length;
    return count === 0 ? [] : [`${count} ${verdict}`];
  });
  return `${counted(signals.length, 'signal')}: ${told.join(', ')}`;
}

export interface Blindness {
  readonly reason: string;
  readonly detail: string;
  readonly expectations: readonly string[];
}

/** Why questions went unanswered, each reason once with the expectations that it leaves open. */
export function blindness(unavailable: SignalReport['unavailable']): Blindness[] {
  const told = new Map<string, Blindness & { readonly expectations: string[] }>();
  for (const { expectation, reason, detail } of unavailable) {
    const key = JSON.stringify([reason, detail]);
    const entry = told.get(key) ?? { reason, detail, expectations: [] };
    if (!entry.expectations.includes(expectation)) entry.expectations.push(expectation);
    told.set(key, entry);
  }
  return [...told.values()];
}

/**
 * One refusal usually blinds every signal on a plane alike: the signals that the same reasons blind stand together, and
 * those of which one role may not read what it needs, whatever that is.
 */
export function blindAlike<Signal extends SignalReport>(signals: readonly Signal[]): Signal[][] {
  const keyOf = ({ unavailable }: Signal) =>
    refusedTo(unavailable) ??
    JSON.stringify(blindness(unavailable).map(({ reason, detail }) => [reason, detail]));
  return [...Map.groupBy(signals, keyOf).values()];
}

/** Why signals that are blind alike are so. What one role may not do is told together, where it is not the same for all. */
export function blindnessOf(members: readonly SignalReport[]): Blindness[] {
  const [first, ...others] = members.map(({ unavailable }) => blindness(unavailable));
  if (!first) return [];
  const details = new Set([first, ...others].flat().map(({ detail }) => detail));
  const isSame = first.length === details.size;
  if (isSame || refusedTo(members[0]?.unavailable ?? []) === undefined) return first;
  const expectations = [...new Set([first, ...others].flat().flatMap((one) => one.expectations))];
  const detail = refusedTogether([...details].flatMap((one) => refusalIn(one) ?? []));
  return [{ reason: 'denied', detail, expectations }];
}

/** Who was refused, where nothing else keeps the signal from being seen. */
function refusedTo(unavailable: SignalReport['unavailable']): string | undefined {
  const refused = unavailable.map(({ reason, detail }) =>
    reason === 'denied' ? refusalIn(detail)?.who : undefined,
  );
  return refused.every((who) => who === refused[0]) ? refused[0] : undefined;
}

/** What is known of a failing signal besides its findings. */
export function about({ plane, severity, evidence }: SignalReport): string[] {
  return [
    plane,
    ...(severity === 'warning' ? ['warning'] : []),
    ...(evidence.series === null ? [] : [`${evidence.series} live series`]),
    ...(evidence.newestSampleAt === null
      ? []
      : [
          `${evidence.series ? 'newest of what is silent' : 'silent since'} ${instant(evidence.newestSampleAt)}`,
        ]),
  ];
}

/** How a signal that is well is told: what its state is, and what else is known of it; '' where nothing is worth a word. */
export function stateAndFacts(signal: SignalReport): string {
  const { state, evidence } = signal;
  return [...(state === null ? [] : [state]), ...gainsOf(signal), ...evidence.facts].join('; ');
}

/** The most gains of one signal that are told beside its state. */
const MOST_GAINS = 3;

/** What there is more of than usual, or anew, although the signal is ok: `series.drift all series: 100 live series, 82% more`. */
export function gainsOf({ findings }: SignalReport): string[] {
  const gains = findings.filter(({ severity }) => severity === 'warning');
  const told = gains
    .slice(0, MOST_GAINS)
    .map(({ expectation, subject, observed }) => `${expectation} ${subject}: ${observed}`);
  return gains.length > told.length ? [...told, `and ${gains.length - told.length} more`] : told;
}

const MOST_COINCIDENCES = 3;
const MOST_BLIND = 5;

/** What stands beside the findings of a failing signal, each with what it is: who went blind with it, and what changed about when it broke. */
export function besides({ wentBlind, coincides }: SignalReport): readonly (readonly [string, string])[] {
  const blind = blindNow(wentBlind);
  return [
    ...(blind === undefined ? [] : [['went blind, at least in part', blind] as const]),
    ...coincides
      .slice(0, MOST_COINCIDENCES)
      .map(
        ({ what, at }) => ['changed about then, perhaps by coincidence', `${what} ${instant(at)}`] as const,
      ),
  ];
}

/** `alarm a, rule b/c and 3 more`; undefined where nothing is known to refer to what is missing. */
export function blindNow(wentBlind: SignalReport['wentBlind']): string | undefined {
  if (!wentBlind || wentBlind.names.length === 0) return undefined;
  const told = wentBlind.names.slice(0, MOST_BLIND);
  const rest = wentBlind.names.length - told.length + wentBlind.more;
  return `${told.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}

/** A change of the machinery is worth a word for a day. */
const RECENT_MS = 86_400_000;

/** What was changed behind a cluster's signals during the day before `checkedAt`, the latest first. */
export function recentChanges(signals: readonly SignalReport[], checkedAt: string): string[] {
  const since = new Date(Date.parse(checkedAt) - RECENT_MS).toISOString();
  const changes = signals
    .flatMap(({ evidence }) => evidence.markers)
    .filter(({ at }) => at >= since)
    .sort((a, b) => (a.at > b.at ? -1 : 1))
    .map(({ what, at }) => `${what} ${instant(at)}`);
  return [...new Set(changes)];
}

/** Each runbook of some signals once. */
export function runbooksOf(signals: readonly SignalReport[]): string[] {
  return [...new Set(signals.flatMap(({ runbook }) => runbook ?? []))];
}
