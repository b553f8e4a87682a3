import { type Blind, named } from '../message.ts';
import { printable } from '../printable.ts';
import { signalIn } from './memory.ts';
import type { Occasion } from './occasion.ts';

const MOST_REASONS = 5;

interface Alike {
  readonly reason: string;
  readonly detail: string;
  readonly why: string | null;
  readonly names: Set<string>;
}

/**
 * What could not be observed, what is news first. One refusal usually blinds many signals alike: it is told once, with
 * their names; whatever number of reasons there is, every signal that is news is named.
 */
export function blindOf({ report, owed, memory }: Occasion): Blind[] {
  const opened = new Map(
    owed.flatMap(({ signal, track, episode }) =>
      track === 'blind' && !episode.over ? [[signal, episode.opened.because] as const] : [],
    ),
  );
  const alike = new Map<string, Alike>();
  const add = (signal: string, reason: string, detail: string): void => {
    const why = opened.get(signal) ?? null;
    const key = JSON.stringify([reason, detail, why]);
    const entry = alike.get(key) ?? { reason, detail, why, names: new Set() };
    entry.names.add(printable(signal, 60));
    alike.set(key, entry);
  };
  for (const { signal, unavailable } of report.signals) {
    const isHeld = signalIn(memory, signal)?.blind?.heldBy !== undefined;
    if (isHeld && !opened.has(signal)) continue;
    for (const { reason, detail } of unavailable) add(signal, reason, detail);
  }
  for (const signal of opened.keys()) {
    const seen = report.signals.find((one) => one.signal === signal);
    if (!seen || seen.unavailable.length === 0) add(signal, 'unknown', 'the last run did not say why');
  }
  return folded([...alike.values()].sort((a, b) => Number(a.why === null) - Number(b.why === null)));
}

function folded(reasons: readonly Alike[]): Blind[] {
  const told = reasons.slice(0, reasons.length > MOST_REASONS ? MOST_REASONS - 1 : MOST_REASONS);
  const rest = reasons.slice(told.length);
  const [first] = rest;
  return [
    ...told.map(({ reason, detail, why, names }) => ({
      signals: named([...names], 10),
      reason,
      detail: printable(detail),
      why,
    })),
    ...(first
      ? [
          {
            signals: named([...new Set(rest.flatMap(({ names }) => [...names]))], 100),
            reason: 'others',
            detail: `${rest.length} more reasons, such as ${first.reason}: ${printable(first.detail)}`,
            why: first.why,
          },
        ]
      : []),
  ];
}
