import { answered, type Expectation, type Finding } from '../expectation.ts';
import { labelled } from '../group.ts';
import { anyLiveSeries } from '../live-series.ts';
import type { EvidenceBook } from '../question.ts';
import type { StreamSignal } from '../signal.ts';
import { silentGroups } from '../silence.ts';
import { againstText, untilText } from './change-words.ts';
import { expectShape } from './expect.ts';
import { keySetsOf, turnoverOf } from './seen.ts';
import type { ValueDrift } from './shape.ts';
import { valueDrift } from './value-drift.ts';

/** No value of a label that does not turn over is gone or new: a namespace, a job, a workload. */
export function noValueDrift(signal: StreamSignal): readonly Expectation[] {
  return expectShape<ValueDrift>(signal, {
    path: 'labels.values.drift',
    questions: [anyLiveSeries(signal), keySetsOf(signal)],
    drifts: (baseline, shape) => valueDrift(baseline, shape, turnoverOf(signal)),
    judge: (drifts, book) => ({ told: drifts.filter((drift) => !isTold(signal, drift, book)) }),
    finding,
    lost: ({ kind, label, value }) => (kind === 'gone' ? [{ silent: [[label, value]] }] : []),
  });
}

/** A group that came or went is told by `fresh`, or by `series.drift`; a listed value that is gone by its own expectation. */
function isTold(signal: StreamSignal, { kind, label, value }: ValueDrift, book: EvidenceBook): boolean {
  const { by, series, labels } = signal;
  const isListed = labels?.values?.some(
    ([name, values]) => name === label && values !== true && isToldBy(values, kind, value),
  );
  if (isListed) return true;
  // That nothing has the label any more is one story.
  const isLostLabel = !answered(book, keySetsOf(signal)).some(
    (set) => set.series > 0 && set.names.includes(label),
  );
  if (isLostLabel && labels?.drift) return true;
  if (!by.includes(label)) return false;
  const isOneGroup = by.length === 1 && series?.drift !== undefined;
  return isOneGroup || silentGroups(signal, book).some(({ group }) => group.get(label) === value);
}

/** What is missing from a list, or not in the only one. */
function isToldBy(
  values: readonly string[] | { readonly only: readonly string[] },
  kind: ValueDrift['kind'],
  value: string,
): boolean {
  return 'only' in values ? kind === 'new' : kind === 'gone' && values.includes(value);
}

function finding(drift: ValueDrift): Finding {
  const { kind, label, value, series } = drift;
  return {
    expectation: 'labels.values.drift',
    subject: labelled(label, value),
    expected: kind === 'new' ? 'no such value' : againstText(drift, `${series} live series with this value`),
    observed:
      kind === 'new'
        ? `${series} live series have this value${untilText(drift)}`
        : 'no live series has this value',
  };
}
