import { counted } from '../counted.ts';
import { formatDuration } from '../duration.ts';
import type { Spell } from '../history.ts';
import { instant } from '../instant.ts';
import { formatShare, type Past, seenShare, type SignalPast, verdictNow } from '../past.ts';
import { printable } from '../printable.ts';
import { json } from './json.ts';
import type { Paint } from './text.ts';

const BARS = { ok: '▁', unknown: '▄', failing: '█' } as const;
const MOST_SPELLS = 5;
const MOST_NAMES = 10;

/**
 * The past for a terminal: for each signal that was not always ok its availability, how often it left ok, a strip of its
 * verdicts and its newest spells, worst first; the others are counted. What is judged no more comes below. `mostSpells` of
 * each signal are written out.
 */
export function historyText(past: Past, paint: Paint, mostSpells = MOST_SPELLS): string {
  const window = `${instant(past.from)} to ${instant(past.to)} (${formatDuration(past.to - past.from)})`;
  if (past.runs === 0) return `nothing was recorded, ${window}; only scheduled runs record\n`;
  const restless = past.signals.filter(({ spells }) => spells.length > 0);
  const judged = restless.filter(({ goneAt }) => goneAt === null);
  const left = restless.filter(({ goneAt }) => goneAt !== null);
  const steady = past.signals.filter(({ spells }) => spells.length === 0);
  const blocks = (signals: readonly SignalPast[]) =>
    signals.flatMap((signal) => [...signalLines(signal, past, paint, mostSpells), '']);
  const key = `each column ${formatDuration(past.columnMs)}: █ failing ▄ unknown ▁ ok, empty where nothing was judged`;
  return [
    `${window}, ${counted(past.runs, 'run')}`,
    ...(restless.length > 0 ? [paint('faint', key), ''] : []),
    ...blocks(judged),
    ...steadyLines(
      steady.filter(({ goneAt }) => goneAt === null),
      paint('ok', 'ok'),
      'throughout',
    ),
    ...(left.length > 0 ? ['', ...blocks(left).slice(0, -1)] : []),
    ...steadyLines(
      steady.filter(({ goneAt }) => goneAt !== null),
      paint('faint', 'no longer judged,'),
      'ok until then',
    ),
    '',
  ].join('\n');
}

function signalLines(signal: SignalPast, past: Past, paint: Paint, mostSpells: number): string[] {
  const { cluster, signal: name, availability, turns, runs, columns, spells } = signal;
  const now = verdictNow(signal);
  const verdict = signal.goneAt === null ? paint(now, now.padEnd(7)) : paint('faint', 'gone   ');
  const seen = seenShare(signal);
  const told = [
    ...(signal.goneAt === null ? [] : [`no longer judged since ${instant(signal.goneAt)}`]),
    availability === null ? 'never seen' : `available ${formatShare(availability)}`,
    ...(seen < 1 && availability !== null ? [`seen ${formatShare(seen)}`] : []),
    `left ok ${counted(turns, 'time')}`,
    counted(runs, 'run'),
  ];
  const strip = columns.map((verdict) => (verdict === null ? ' ' : BARS[verdict])).join('');
  const newest = spells.toReversed().slice(0, mostSpells);
  return [
    `${verdict} ${printable(cluster, 80)}  ${paint('strong', printable(name, 120))}  ${told.join(', ')}`,
    `  ${strip}`,
    ...newest.map((spell) => `  ${spellLine(spell, signal, past, paint)}`),
    ...(spells.length > newest.length
      ? [`  … and ${counted(spells.length - newest.length, 'earlier spell')}`]
      : []),
  ];
}

/** A spell that began with the first run recorded may have begun before. */
function spellLine(spell: Spell, { firstAt, lastAt }: SignalPast, past: Past, paint: Paint): string {
  const { verdict, from, to, isIncident } = spell;
  const lasted =
    to === null
      ? `not over, ${formatDuration(past.to - from)} so far, last run ${instant(lastAt)}`
      : formatDuration(to - from);
  const since = `${instant(from)}${from === firstAt ? ' or before' : ''}`;
  return `${since}  ${paint(verdict, verdict)}  ${lasted}${isIncident ? '  incident' : ''}`;
}

function steadyLines(steady: readonly SignalPast[], label: string, how: string): string[] {
  if (steady.length === 0) return [];
  const named = steady.slice(0, MOST_NAMES).map(({ signal }) => printable(signal, 80));
  const more = steady.length > MOST_NAMES ? ` and ${steady.length - MOST_NAMES} more` : '';
  return [`${label} ${how}: ${counted(steady.length, 'signal')}: ${named.join(', ')}${more}`];
}

/**
 * The past as JSON, for scripts: times are ISO, availability 0 to 1 or null, the signals in the order of the text. What is
 * judged no more has no verdict.
 */
export function historyJson(past: Past): string {
  const iso = (at: number) => new Date(at).toISOString();
  return json({
    version: 1,
    from: iso(past.from),
    to: iso(past.to),
    runs: past.runs,
    signals: past.signals.map((signal) => ({
      cluster: signal.cluster,
      signal: signal.signal,
      verdict: signal.goneAt === null ? verdictNow(signal) : null,
      runs: signal.runs,
      availability: signal.availability,
      turns: signal.turns,
      lastRunAt: iso(signal.lastAt),
      goneAt: signal.goneAt === null ? null : iso(signal.goneAt),
      spells: signal.spells.map(({ verdict, from, to, runs, isIncident }) => ({
        verdict,
        from: iso(from),
        to: to === null ? null : iso(to),
        runs,
        incident: isIncident,
      })),
    })),
  });
}
