import type { DraftSignal } from './draft.ts';
import type { Fault, Level, Path } from './problems.ts';

const DAY_MS = 86_400_000;
const FIVE_MINUTES_MS = 300_000;
const TEN_MINUTES_MS = 600_000;

/** The days for which log groups can keep events (CloudWatch Logs API reference, PutRetentionPolicy). */
const RETENTIONS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

/** What cannot hold together within a signal of a log group, and what is likely to be regretted. */
export function logGroupFaults(signal: DraftSignal): Fault[] {
  if (signal.logs === undefined) return [];
  return [
    ...freshWarnings(signal),
    ...retentionWarnings(signal),
    ...streamsFaults(signal),
    ...emfFaults(signal),
  ];
}

function freshWarnings({ fresh, emf }: DraftSignal): Fault[] {
  if (fresh === undefined) return [];
  const isBelow = (bound: number): boolean => fresh < bound;
  if (emf !== undefined && isBelow(TEN_MINUTES_MS)) {
    return [told('warning', ['fresh'], 'is less than points may be late in CloudWatch; write 10m or more')];
  }
  const says = 'is less than CloudWatch may be late to count log events; write 5m or more';
  return isBelow(FIVE_MINUTES_MS) ? [told('warning', ['fresh'], says)] : [];
}

function retentionWarnings({ retention }: DraftSignal): Fault[] {
  if (typeof retention !== 'number' || RETENTIONS.includes(retention / DAY_MS)) return [];
  const near = [
    RETENTIONS.findLast((days) => days * DAY_MS < retention),
    RETENTIONS.find((days) => days * DAY_MS > retention),
  ].flatMap((days) => (days === undefined ? [] : [`${days}d`]));
  const says = `is no retention that log groups can have; write ${near.join(' or ')}`;
  return [told('warning', ['retention'], says)];
}

function streamsFaults({ logs, streams }: DraftSignal): Fault[] {
  if (streams?.fallback === undefined || streams.fallback !== logs) return [];
  const says = 'is the log group itself, where events are to arrive; name the other one or remove it';
  return [told('error', ['streams', 'fallback'], says)];
}

/** CloudWatch makes metrics of the events of standard log groups only. */
function emfFaults({ emf, logClass }: DraftSignal): Fault[] {
  if (emf === undefined || logClass === undefined || logClass === 'STANDARD') return [];
  const says = 'contradicts emf: no metrics are made of log groups of this class; remove one of the two';
  return [told('error', ['logClass'], says)];
}

function told(level: Level, path: Path, says: string): Fault {
  return { path, on: 'value', level, says };
}
