import * as z from 'zod/mini';
import { about, share } from '../config/values.ts';
import { formatDuration } from '../duration.ts';
import { answered, type Check, type Expectation, forStates } from '../expectation.ts';
import { isExpected } from '../workspace/expected.ts';
import { figure, percent } from '../workspace/figures.ts';
import type { QuotaQuestion, Usage, UsageQuestion, WorkspaceResource } from '../workspace/questions.ts';

export const quotasSettings = z.strictObject({
  max: about(z.prefault(share, '80%'), 'At most this share of a quota is used.'),
});

export type QuotasSettings = z.output<typeof quotasSettings>;

interface Quota {
  readonly resource: WorkspaceResource;
  /** In Service Quotas, under `aps`. */
  readonly code: string;
  readonly called: string;
  readonly unit: string;
}

const QUOTAS: readonly Quota[] = [
  { resource: 'ActiveSeries', code: 'L-5A151448', called: 'active series', unit: 'active series' },
  { resource: 'IngestionRate', code: 'L-F4BCE0BA', called: 'ingestion rate', unit: 'samples a second' },
];

/** More than this share of a quota is never used where it holds: a burst comes to a few hundredths in a quarter of an hour. */
const IN_FORCE_UP_TO = 1.1;
const DAY_MS = 24 * 60 * 60_000;
/** What grows so slowly that it takes longer is not foretold. */
const FORETOLD_MS = 30 * DAY_MS;

/**
 * Judges how much of the quotas that are applied to the account a workspace uses, each on its own. What uses far more than
 * such a quota has one of its own, which nobody tells.
 */
export const quotas: Check = forStates((signal) => {
  if (!isExpected(signal, 'quotas')) return [];
  const { max } = signal.quotas ?? z.parse(quotasSettings, {});
  return QUOTAS.map((quota) => judgeQuota(signal.address, quota, max));
});

function judgeQuota(place: string, { resource, code, called, unit }: Quota, max: number): Expectation {
  const usage: UsageQuestion = { ask: 'usage', place, resource };
  const quota: QuotaQuestion = { ask: 'quota', code };
  return {
    path: 'quotas',
    questions: [quota, usage],
    holdsIfComplete: [],
    failsIfComplete: [],
    judge: (book) => {
      const limit = answered(book, quota);
      const used = answered(book, usage);
      const { now = 0 } = used;
      if (now / limit <= max || now / limit > IN_FORCE_UP_TO) return { findings: [] };
      const observed = `${told(now, limit, unit)}${outlook(used, limit)}`;
      const expected = `at most ${percent(max)} of the quota used`;
      return { findings: [{ expectation: 'quotas', subject: called, expected, observed }] };
    },
    facts: (book) => {
      const { now } = answered(book, usage);
      const limit = answered(book, quota);
      if (now === undefined) return [`no ${called} seen, of ${figure(limit)} ${unit}`];
      if (now / limit > IN_FORCE_UP_TO)
        return [`${told(now, limit, unit)}: a workspace with a quota of its own`];
      return now / limit > max ? [] : [told(now, limit, unit)];
    },
  };
}

function told(now: number, limit: number, unit: string): string {
  return `${figure(now)} of ${figure(limit)} ${unit} (${percent(now / limit)})`;
}

/** When it is full if the next days are like the last, by the same time of day. */
function outlook({ now = 0, dayAgo }: Usage, limit: number): string {
  if (now > limit) return ', more than the quota that Service Quotas tells';
  const fullInMs =
    dayAgo !== undefined && now > dayAgo ? ((limit - now) / (now - dayAgo)) * DAY_MS : Infinity;
  return fullInMs > FORETOLD_MS ? '' : `; full in ${formatDuration(fullInMs)} if it grows as in the last day`;
}
