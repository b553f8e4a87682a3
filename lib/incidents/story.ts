import { coincidence } from '../change.ts';
import { formatDuration } from '../duration.ts';
import { instant } from '../instant.ts';
import { named } from '../message.ts';
import { printable } from '../printable.ts';
import { signalIn } from './memory.ts';
import type { SignalReport } from '../report/report.ts';
import { isOneOf, type Plane, statePlanes, streamPlanes } from '../signal.ts';
import { type Failure, failureOf, type Occasion, openTo, stillOpen } from './occasion.ts';
import type { Owed } from './settle.ts';

/** What broke, or is over, and where, for one line of a telephone. */
export function titleOf(occasion: Occasion): string {
  const { cluster, owed } = occasion;
  return `${printable(cluster.name, 60)}: ${headline(occasion, groups(owed))}`;
}

interface Groups {
  readonly failing: readonly Owed[];
  readonly gains: readonly Owed[];
  readonly blind: readonly Owed[];
  readonly recovered: readonly Owed[];
  readonly sighted: readonly Owed[];
  readonly unwatched: readonly Owed[];
}

function groups(owed: readonly Owed[]): Groups {
  const over = owed.filter(({ episode }) => episode.over?.how === 'recovered');
  return {
    failing: owed.filter(({ track, episode }) => track === 'failing' && !episode.over),
    gains: owed.filter(({ track, episode }) => track === 'gain' && !episode.over),
    blind: owed.filter(({ track, episode }) => track === 'blind' && !episode.over),
    recovered: over.filter(({ track }) => track !== 'blind'),
    sighted: over.filter(({ track }) => track === 'blind'),
    unwatched: owed.filter(({ episode }) => episode.over?.how === 'unwatched'),
  };
}

function headline(
  occasion: Occasion,
  { failing, gains, blind, recovered, sighted, unwatched }: Groups,
): string {
  const { report, checkedAt } = occasion;
  const open = openTo(occasion).length;
  if (failing.length > 0) {
    const planes = planesOf(occasion, failing);
    const isOld = failing.every(({ telling }) => telling === 'reminder');
    const isNews = failing.every(({ telling }) => telling === 'found');
    const since = Math.min(...failing.map(({ episode }) => episode.since));
    const how = isOld
      ? `still failing after ${formatDuration(checkedAt - since)}`
      : isNews
        ? 'has new findings'
        : 'failing';
    const [only] = failing;
    if (failing.length === 1 && open === 1 && only) return `${printable(only.signal, 60)} ${how}${planes}`;
    const many = isNews ? 'signals have new findings' : `signals ${how}`;
    const count = isNews
      ? `${failing.length}`
      : `${Math.max(open, failing.length)} of ${Math.max(report.signals.length, open)}`;
    return `${count} ${many}${planes}`;
  }
  const still = open > 0 ? `, ${open} still failing` : '';
  if (gains.length > 0) {
    const verb = gains.length === 1 ? 'has' : 'have';
    return `${subject(gains)} ${verb} more than usual${planesOf(occasion, gains)}${still}`;
  }
  if (blind.length > 0) return `${subject(blind)} cannot be observed${planesOf(occasion, blind)}${still}`;
  if (recovered.length > 0) {
    const [only] = recovered;
    const after =
      recovered.length === 1 && only?.episode.over
        ? ` after ${formatDuration(only.episode.over.at - only.episode.since)}`
        : '';
    return `${subject(recovered)} recovered${after}${planesOf(occasion, recovered)}${still}`;
  }
  if (sighted.length > 0) return `${subject(sighted)} can be observed again${still}`;
  return `${subject(unwatched)} no longer watched${still}`;
}

function subject(owed: readonly Owed[]): string {
  const [only] = owed;
  return owed.length === 1 && only ? printable(only.signal, 60) : `${owed.length} signals`;
}

function planesOf({ memory }: Occasion, owed: readonly Owed[]): string {
  const planes = new Set(owed.flatMap(({ signal }) => signalIn(memory, signal)?.plane ?? []));
  return planes.size === 0 ? '' : ` (${[...planes].join(', ')})`;
}

/** What all of it has in common: what is broken, since when, what still works. */
export function storyOf(occasion: Occasion, changes: readonly string[]): readonly string[] {
  const { owed, report } = occasion;
  const { failing, gains, blind, recovered } = groups(owed);
  const others = stillOpen(occasion).map((signal) => printable(signal, 60));
  const nothingElse = others.length === 0 && failing.length === 0 && gains.length === 0;
  const allOk = report.signals.length > 0 && report.signals.every(({ verdict }) => verdict === 'ok');
  return [
    ...(failing.length > 0 ? [broken(occasion, failing, occasion.checkedAt)] : []),
    ...coincidence(changes),
    ...(gains.length > 0
      ? ['What is new or more than usual is told once, and is usual by itself after a day.']
      : []),
    ...(others.length > 0 ? [`Still failing, as told before: ${named(others, 10)}.`] : []),
    ...(recovered.length > 0 && nothingElse && allOk
      ? [report.signals.length === 1 ? 'It is ok.' : `All ${report.signals.length} signals are ok.`]
      : []),
    ...(blind.length > 0 ? [unseen(occasion, blind)] : []),
    ...(failing.length > 0 || others.length > 0 || blind.length > 0 ? works(occasion) : []),
  ];
}

function broken({ report }: Occasion, failing: readonly Owed[], now: number): string {
  const seen = failing.map(({ signal }) => report.signals.find((one) => one.signal === signal));
  const since = Math.min(...failing.map(({ episode }) => episode.since));
  const when = `${instant(new Date(since).toISOString())} (${formatDuration(now - since)})`;
  const only = seen.length === 1;
  return `${howBroken(seen)}, ${only ? 'since' : 'the first since'} ${when}.`;
}

function unseen({ report, checkedAt }: Occasion, blind: readonly Owed[]): string {
  const since = Math.min(...blind.map(({ episode }) => episode.since));
  const when = `${instant(new Date(since).toISOString())} (${formatDuration(checkedAt - since)})`;
  return `Nothing can be said about ${blind.length} of ${report.signals.length} signals since ${when}. That is no outage yet.`;
}

function howBroken(seen: readonly (SignalReport | undefined)[]): string {
  const failures = seen.map(failureOf);
  const count = (failure: Failure) => failures.filter((one) => one === failure).length;
  const [first] = failures;
  if (first && failures.every((failure) => failure === first)) {
    return seen.length === 1 && first === 'partly'
      ? silentGroups(seen[0])
      : ALIKE[first][seen.length === 1 ? 0 : 1];
  }
  const kinds = (Object.keys(MIXED) as Failure[]).filter((failure) => count(failure) > 0);
  return `Of ${failures.length} signals ${kinds.map((failure) => `${count(failure)} ${MIXED[failure]}`).join(', ')}`;
}

/** For one signal, and for several that all fail so. */
const ALIKE: Readonly<Record<Failure, readonly [string, string]>> = {
  silent: ['Nothing new arrives', 'Nothing new arrives for any of them'],
  partly: ['A part is silent', 'A part of each is silent'],
  shape: ['Data arrives, but not as expected', 'Data arrives, but not as expected'],
  unseen: [
    'It could not be looked at just now, and was failing',
    'They could not be looked at just now, and were failing',
  ],
  ok: ['The last run saw it ok, but one is not enough', 'The last run saw them ok, but one is not enough'],
};

const MIXED: Readonly<Record<Failure, string>> = {
  silent: 'silent',
  partly: 'partly silent',
  shape: 'not as expected',
  unseen: 'not looked at just now',
  ok: 'ok in the last run',
};

function silentGroups(seen: SignalReport | undefined): string {
  const subjects = (seen?.findings ?? [])
    .filter(({ expectation }) => expectation === 'fresh')
    .map(({ subject }) => printable(subject, 120));
  return `Nothing new arrives for ${named(subjects, 3)}`;
}

/** By plane: one that works entirely narrows down where the break is. Nothing is said where a part of it still flows. */
function works({ report }: Occasion): string[] {
  const planes = [...new Set(report.signals.map(({ plane }) => plane))];
  const of = (some: readonly Plane[]) =>
    some.flatMap((plane) => {
      const signals = report.signals.filter((signal) => signal.plane === plane && signal.state !== 'idle');
      const ok = signals.filter(({ verdict }) => verdict === 'ok').length;
      if (ok === 0) return [];
      return [ok === signals.length ? `${plane} entirely (${ok})` : `${ok} of ${signals.length} on ${plane}`];
    });
  const arriving = of(planes.filter((plane) => isOneOf(streamPlanes, plane)));
  const good = of(planes.filter((plane) => isOneOf(statePlanes, plane)));
  const streams = report.signals.filter(({ plane }) => isOneOf(streamPlanes, plane));
  const isSilence = streams.length > 0 && streams.every((seen) => failureOf(seen) === 'silent');
  return [
    ...(arriving.length > 0 ? [`Still arriving: ${arriving.join(', ')}.`] : []),
    ...(isSilence ? ['Nothing else is known to arrive.'] : []),
    ...(good.length > 0 ? [`In good state: ${good.join(', ')}.`] : []),
  ];
}
