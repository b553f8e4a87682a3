import { formatDuration } from '../duration.ts';
import { instant, named } from '../message.ts';
import { printable } from '../printable.ts';
import { isOpen } from './episode.ts';
import { type Occasion, stillOpen } from './occasion.ts';
import type { Owed } from './settle.ts';

/** What broke, or is over, and where, for one line of a telephone. */
export function titleOf(occasion: Occasion): string {
  const { cluster, owed } = occasion;
  return `${printable(cluster.name, 60)}: ${headline(occasion, groups(owed))}`;
}

interface Groups {
  readonly failing: readonly Owed[];
  readonly blind: readonly Owed[];
  readonly recovered: readonly Owed[];
  readonly sighted: readonly Owed[];
  readonly unwatched: readonly Owed[];
}

function groups(owed: readonly Owed[]): Groups {
  const over = owed.filter(({ episode }) => episode.over?.how === 'recovered');
  return {
    failing: owed.filter(({ track, episode }) => track === 'failing' && !episode.over),
    blind: owed.filter(({ track, episode }) => track === 'blind' && !episode.over),
    recovered: over.filter(({ track }) => track === 'failing'),
    sighted: over.filter(({ track }) => track === 'blind'),
    unwatched: owed.filter(({ episode }) => episode.over?.how === 'unwatched'),
  };
}

function headline(occasion: Occasion, { failing, blind, recovered, sighted, unwatched }: Groups): string {
  const { report, memory, checkedAt } = occasion;
  const open = Object.values(memory.signals).filter((signal) => isOpen(signal.failing)).length;
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
  const planes = new Set(owed.flatMap(({ signal }) => memory.signals[signal]?.plane ?? []));
  return planes.size === 0 ? '' : ` (${[...planes].join(', ')})`;
}

/** What all of it has in common: what is broken, since when, what still works. */
export function storyOf(occasion: Occasion): readonly string[] {
  const { owed, report } = occasion;
  const { failing, recovered } = groups(owed);
  const others = stillOpen(occasion).map((signal) => printable(signal, 60));
  const nothingElse = others.length === 0 && failing.length === 0;
  const allOk = report.signals.length > 0 && report.signals.every(({ verdict }) => verdict === 'ok');
  return [
    ...(failing.length > 0 ? [broken(occasion, failing)] : []),
    ...(others.length > 0 ? [`Still failing, as told before: ${named(others, 10)}.`] : []),
    ...(recovered.length > 0 && nothingElse && allOk ? [`All ${report.signals.length} signals are ok.`] : []),
    ...(failing.length > 0 || others.length > 0 ? works(occasion) : []),
  ];
}

function broken(occasion: Occasion, failing: readonly Owed[]): string {
  const { report, checkedAt } = occasion;
  const since = Math.min(...failing.map(({ episode }) => episode.since));
  const silent = failing.filter(({ signal }) =>
    report.signals.some((one) => one.signal === signal && one.evidence.newestSampleAt !== null),
  );
  const what =
    silent.length === failing.length
      ? failing.length === 1
        ? 'Nothing new arrives'
        : 'Nothing new arrives for any of them'
      : silent.length === 0
        ? 'Data arrives, but not as expected'
        : `Nothing new arrives for ${silent.length} of ${failing.length}`;
  const when = instant(new Date(since).toISOString());
  return `${what}, ${failing.length === 1 ? 'since' : 'the first since'} ${when} (${formatDuration(checkedAt - since)}).`;
}

/** By plane: one that works entirely narrows down where the break is. */
function works({ report }: Occasion): string[] {
  const planes = [...new Set(report.signals.map(({ plane }) => plane))];
  const all = planes.flatMap((plane) => {
    const signals = report.signals.filter((signal) => signal.plane === plane);
    const ok = signals.filter(({ verdict }) => verdict === 'ok').length;
    if (ok === 0) return [];
    return [ok === signals.length ? `${plane} entirely (${ok})` : `${ok} of ${signals.length} on ${plane}`];
  });
  return [all.length === 0 ? 'Nothing else is known to arrive.' : `Still arriving: ${all.join(', ')}.`];
}
