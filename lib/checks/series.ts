import * as z from 'zod/mini';
import { about, count, notEmpty, share } from '../config/values.ts';
import { noSeriesDrift } from '../baseline/expect-series.ts';
import { answered, type Check, type Expectation, type Finding, forStreams } from '../expectation.ts';
import { subjectOf, WHOLE } from '../group.ts';
import { anyLiveSeries, isSilent, liveSeries, total } from '../live-series.ts';
import type { Answers } from '../question.ts';
import { isRollout, rolloutQuestions } from '../rollout.ts';
import type { StreamSignal } from '../signal.ts';
import { earlierGroups, silentGroups } from '../silence.ts';

const bounds = {
  min: about(z.optional(count), 'At least so many live series.'),
  max: about(z.optional(count), 'At most so many live series.'),
  exactly: about(z.optional(count), 'Exactly so many live series.'),
};

/** A share for both ways, or one for each; what is not given is not judged. */
const seriesDriftSettings = z.pipe(
  z.union(
    [
      share,
      z
        .strictObject({
          drop: about(z.optional(share), 'Fewer series than usual by more than this.'),
          rise: about(
            z.optional(share),
            'More series than usual by more than this; told once, as a warning.',
          ),
        })
        .check(notEmpty('expects nothing; write drop or rise'), z.meta({ minProperties: 1 })),
    ],
    { error: 'is neither a share nor { drop: …, rise: … }; write 20%, or { drop: 20%, rise: 50% }' },
  ),
  z.transform((drift) => (typeof drift === 'number' ? { drop: drift, rise: drift } : drift)),
);

/** `min`, `max` and `exactly` bound the whole signal, `each` bounds every group of `by`. */
export const seriesSettings = z
  .strictObject({
    ...bounds,
    drift: about(
      z.optional(seriesDriftSettings),
      'By how much the count may differ from what is usual: 20%, or { drop: 20%, rise: 50% }.',
    ),
    each: about(
      z.optional(
        z
          .strictObject(bounds)
          .check(notEmpty('expects nothing; write min, max or exactly'), z.meta({ minProperties: 1 })),
      ),
      'The same for every group of by.',
    ),
  })
  .check(notEmpty('expects nothing; write min, max, exactly, each or drift'), z.meta({ minProperties: 1 }));

export type SeriesSettings = z.output<typeof seriesSettings>;

type Bound = 'min' | 'max' | 'exactly';
type Groups = Answers['count'];

/** Judges how many series are live, of the whole signal and of each group. */
export const series: Check = forStreams((signal) => {
  const { each, drift, ...whole } = signal.series ?? {};
  return [
    ...boundsOf(whole).flatMap(([bound, limit]) => expectations(signal, 'series', bound, limit, sumUp)),
    ...boundsOf(each ?? {}).flatMap(([bound, limit]) =>
      expectations(signal, 'series.each', bound, limit, (groups) => groups),
    ),
    ...(drift ? noSeriesDrift(signal, drift) : []),
  ];
});

function boundsOf(settings: Partial<Record<Bound, number | undefined>>): readonly [Bound, number][] {
  return (['min', 'max', 'exactly'] as const).flatMap((bound) => {
    const limit = settings[bound];
    return limit === undefined ? [] : [[bound, limit] as [Bound, number]];
  });
}

/** `exactly` is two expectations: a lower bound that presence proves, an upper one that it refutes. */
function expectations(
  signal: StreamSignal,
  path: string,
  bound: Bound,
  limit: number,
  counted: (groups: Groups) => Groups,
): readonly Expectation[] {
  const by = path === 'series' ? [] : signal.by;
  const finding = ({ group, series: observed }: Groups[number]): Finding => ({
    expectation: `${path}.${bound}`,
    subject: by.length === 0 ? WHOLE : subjectOf(group, by),
    expected: `${{ min: 'at least', max: 'at most', exactly: 'exactly' }[bound]} ${limit} live series`,
    observed: `${observed} live series`,
  });
  const live = liveSeries(signal);
  const earlier = signal.expectsSeries ? earlierGroups(signal) : undefined;
  const short: Expectation = {
    path: `${path}.${bound}`,
    questions: [live, anyLiveSeries(signal)],
    alongside: earlier ? [earlier] : [],
    holdsIfComplete: path === 'series' ? [] : [live],
    failsIfComplete: [live],
    shows: () => live,
    judge: (book) => {
      const explained =
        signal.expectsSeries &&
        (by.length === 0 ? silentGroups(signal, book).length > 0 : isSilent(signal, book));
      if (explained) return { findings: [] };
      const found = counted(answered(book, live)).filter((group) => group.series < limit);
      const told = found.filter(({ series: seen, pending = 0 }) => seen + pending < limit);
      return { findings: told.map(finding), pending: told.length < found.length };
    },
  };
  const over = (groups: Groups): Groups => counted(groups).filter((group) => group.series > limit);
  const exceeded: Expectation = {
    path: `${path}.${bound}`,
    questions: [live],
    holdsIfComplete: [live],
    failsIfComplete: [],
    furtherQuestions: (book) => (over(answered(book, live)).length > 0 ? rolloutQuestions(signal) : []),
    judge: (book) => {
      const found = over(answered(book, live));
      const rollout = found.length > 0 && isRollout(signal, book, (groups) => over(groups).length > 0);
      return rollout ? { findings: [], rollout } : { findings: found.map(finding) };
    },
  };
  return { min: [short], max: [exceeded], exactly: [short, exceeded] }[bound];
}

function sumUp(groups: Groups): Groups {
  const pending = groups.reduce((sum, group) => sum + (group.pending ?? 0), 0);
  return [{ group: new Map(), series: total(groups), pending }];
}
