import { isSilent, liveSeries } from '../live-series.ts';
import type { Expectation, Finding } from '../expectation.ts';
import type { EvidenceBook, Question } from '../question.ts';
import type { Loss } from '../referrers/questions.ts';
import type { StreamSignal } from '../signal.ts';
import type { Baseline } from './baseline.ts';
import { shapeOf, shapeQuestions, unseen } from './seen.ts';
import type { Drift, Shape } from './shape.ts';

/** One way in which a shape is compared with the baseline. */
export interface Comparison<D extends Drift> {
  /** The path of the key in the YAML. */
  readonly path: string;
  /** What must be answered besides the live series. */
  readonly questions: readonly Question[];
  readonly drifts: (baseline: Baseline, shape: Shape) => readonly D[];
  /** Asked where something drifted; may go unanswered. */
  readonly furtherQuestions?: (drifts: readonly D[], book: EvidenceBook) => readonly Question[];
  /** The question that shows it best. */
  readonly shows?: (book: EvidenceBook) => Question;
  /** What of it is told, and what is held. */
  readonly judge: (
    drifts: readonly D[],
    book: EvidenceBook,
    baseline: Baseline,
  ) => { readonly told: readonly D[]; readonly rollout?: boolean; readonly pending?: boolean };
  readonly finding: (drift: D, book: EvidenceBook) => Finding;
  /** What of it is missing, for whoever refers to it. */
  readonly lost: (drift: D, book: EvidenceBook, baseline: Baseline) => readonly Loss[];
}

const NOBODY_LOOKED =
  'drift is not judged: no baseline was looked up, which needs state in the configuration';

/**
 * The expectation that a shape is as it usually is. While that is being learned it asks and judges nothing, so that what
 * goes unanswered is no blindness; without a place where baselines are remembered it does not even ask.
 */
export function expectShape<D extends Drift>(
  signal: StreamSignal,
  comparison: Comparison<D>,
): readonly Expectation[] {
  const { path } = comparison;
  const { remembered } = signal;
  if (!signal.expectsSeries) return [];
  const nothing = { path, questions: [], holdsIfComplete: [], failsIfComplete: [] };
  const none = { findings: [] };
  if (!remembered) return [{ ...nothing, judge: () => none, facts: () => [NOBODY_LOOKED] }];
  if (remembered.kind === 'unavailable')
    return [{ ...nothing, judge: () => ({ ...none, unavailable: remembered }) }];
  const learning: Expectation = {
    ...nothing,
    furtherQuestions: (book) => shapeQuestions(signal, book),
    judge: () => none,
  };
  return remembered.kind === 'learned' ? [compared(signal, comparison, remembered.baseline)] : [learning];
}

function compared<D extends Drift>(
  signal: StreamSignal,
  { path, questions, drifts, furtherQuestions, judge, finding, lost, shows }: Comparison<D>,
  baseline: Baseline,
): Expectation {
  const first = [liveSeries(signal), ...questions];
  const drifted = (book: EvidenceBook): readonly D[] => {
    const shape = isSilent(signal, book) ? undefined : shapeOf(signal, book);
    return shape ? drifts(baseline, shape) : [];
  };
  return {
    path,
    questions: first,
    holdsIfComplete: first,
    failsIfComplete: first,
    ...(shows ? { shows } : {}),
    furtherQuestions: (book) => [
      ...shapeQuestions(signal, book),
      ...(furtherQuestions?.(drifted(book), book) ?? []),
    ],
    judge: (book) => {
      const { told, ...held } = judge(drifted(book), book, baseline);
      return {
        findings: told.map((drift) => ({
          ...finding(drift, book),
          ...(isGain(drift) ? { severity: 'warning' as const } : {}),
        })),
        drifts: told,
        unavailable: unseen(signal, book),
        ...held,
      };
    },
    lost: (book) => judge(drifted(book), book, baseline).told.flatMap((drift) => lost(drift, book, baseline)),
  };
}

/** Whether it becomes normal by itself: it is told once, and no more than a warning. */
export function isGain({ normalAt }: Drift): boolean {
  return normalAt !== undefined;
}
