import { decide } from '../../lib/incidents/decide.ts';
import type { Judged } from '../../lib/incidents/judged.ts';
import { NOTHING, type Telling } from '../../lib/incidents/memory.ts';
import { findingIdentity } from '../../lib/incidents/identity.ts';
import { withSilences } from '../../lib/incidents/news.ts';
import { owe, type Track } from '../../lib/incidents/owe.ts';
import { type Owed, owedTo, settle } from '../../lib/incidents/settle.ts';

const MINUTE_MS = 60_000;
const START = Date.parse('2026-11-20T12:00:00Z');

export interface TapeRules {
  readonly failAfter?: number;
  readonly recoverAfter?: number;
  readonly blindAfter?: number;
  readonly plane?: string;
  /** In runs, which are five minutes apart. */
  readonly remindEvery?: number;
  readonly countsIncidents?: boolean;
}

const SILENT = { expectation: 'fresh', subject: 'all series' };
const MORE = findingIdentity({ expectation: 'series.drift', subject: 'all series' });
const ANEW = findingIdentity({ expectation: 'labels.values.drift', subject: 'job=b' });
const UNLABELLED = { expectation: 'labels.require', subject: 'job' };

/** What a run may see of the signal. */
const SEEN: Readonly<Record<string, Pick<Judged, 'verdict'> & Partial<Judged>>> = {
  ok: { verdict: 'ok' },
  FAIL: { verdict: 'failing', findings: withSilences([SILENT]) },
  PART: { verdict: 'failing', findings: withSilences([{ ...SILENT, subject: 'job=a' }]) },
  WORSE: { verdict: 'failing', findings: withSilences([SILENT, UNLABELLED]) },
  OTHER: { verdict: 'failing', findings: withSilences([UNLABELLED]) },
  gain: { verdict: 'ok', gains: [MORE] },
  gains: { verdict: 'ok', gains: [MORE, ANEW] },
  BOTH: { verdict: 'failing', findings: withSilences([UNLABELLED]), gains: [MORE] },
  held: { verdict: 'ok', isHeld: true },
  '?': { verdict: 'unknown' },
  new: { verdict: 'unknown', isPending: true },
};

/** The words of the row `told`. */
const WORDS: Readonly<Record<Track, Readonly<Record<Telling, string>>>> = {
  failing: {
    opened: 'open',
    found: 'worse',
    reminder: 'again',
    unmuted: 'unmuted',
    recovered: 'over',
    unwatched: 'gone',
  },
  blind: {
    opened: 'blind',
    found: 'worse',
    reminder: 'again',
    unmuted: 'blind',
    recovered: 'sight',
    unwatched: 'gone',
  },
  gain: {
    opened: 'more',
    found: 'newer',
    reminder: 'again',
    unmuted: 'unmuted',
    recovered: 'usual',
    unwatched: 'gone',
  },
};

/**
 * Plays a tape: rows of columns, one column per run. `run` says what each run saw (ok, FAIL, PART: only a group is
 * silent, WORSE: with a further finding, OTHER: with another one, gain: ok, with more than usual, gains: with something
 * new besides, BOTH: failing with a gain, held: ok only for a rollout, ?: could not look, new: a successor not listed yet, off: not in the configuration,
 * -: this signal was not judged, + after a word: by a run that confirms, " for the same run once more), `mute` has # where the
 * signal is muted, and `chat` has x where the channel takes nothing. Returns the row of what the channel was told.
 */
export function play(tape: string, rules: TapeRules = {}): { told: string[]; expected: string[] } {
  const rows = new Map(
    tape
      .trim()
      .split('\n')
      .map((line) => line.trim().split(/\s+/))
      .map(([name = '', ...columns]) => [name, columns] as const),
  );
  const runs = rows.get('run') ?? [];
  let memory = NOTHING;
  let last = { id: '', at: 0 };
  const told = runs.map((word, index) => {
    const checkedAt = START + index * 5 * MINUTE_MS;
    const isConfirmation = word.endsWith('+');
    const seen = SEEN[word.replace('+', '')];
    last = word === '"' ? last : { id: `run ${index}`, at: checkedAt };
    const judged: Judged[] = seen
      ? [
          {
            signal: 'canary',
            plane: rules.plane ?? 'amp',
            severity: 'critical',
            failAfter: rules.failAfter ?? 2,
            findings: withSilences([]),
            gains: [],
            since: null,
            isPending: false,
            isHeld: false,
            missing: [],
            onlyAwaits: false,
            ...seen,
          },
        ]
      : [];
    const watched = new Set(word === 'off' ? [] : ['canary']);
    const facts = { ...last, checkedAt, isConfirmation, judged, watched };
    const decision = decide('prod-eu', memory, facts, {
      recoverAfter: rules.recoverAfter ?? 2,
      blindAfter: rules.blindAfter ?? 3,
    });
    memory = owe(decision?.memory ?? memory, {
      listeners: [{ key: 'chat', wants: () => true, countsIncidents: rules.countsIncidents ?? false }],
      heldBy: () => (rows.get('mute')?.[index] === '#' ? 'a mute' : undefined),
      now: checkedAt,
      remindEveryMs: (rules.remindEvery ?? 48) * 5 * MINUTE_MS,
    });
    if (rows.get('chat')?.[index] === 'x') return '.';
    const owed = owedTo(memory, 'chat');
    memory = settle(memory, 'chat', owed, checkedAt);
    return owed.length === 0 ? '.' : owed.map(wordOf).join('&');
  });
  return { told, expected: rows.get('told') ?? [] };
}

function wordOf({ track, telling }: Owed): string {
  return WORDS[track][telling];
}
