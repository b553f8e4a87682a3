import * as z from 'zod/mini';
import { type Change, coinciding, datedChanges } from '../change.ts';
import { changesOf, type Piece, withMarkers } from '../incidents/machinery.ts';
import { costSchema } from '../cost/cost.ts';
import { reasons } from '../evidence.ts';
import { isTime } from '../instant.ts';
import { planes } from '../signal.ts';
import type { ClusterVerdict, SignalVerdict } from '../verify.ts';
import { worst } from '../worst.ts';

const verdict = z.enum(['ok', 'failing', 'unknown']).check(
  z.meta({
    description:
      'failing: something expected does not hold. unknown: nothing failing, but something went unanswered.',
  }),
);
const time = z.iso.datetime();

const finding = z.object({
  expectation: z
    .string()
    .check(z.meta({ description: 'The path of the key in the configuration, such as series.each.min.' })),
  subject: z.string().check(z.meta({ description: 'With the expectation, the identity of the finding.' })),
  expected: z.string(),
  observed: z.string(),
  severity: z
    .optional(z.literal('warning'))
    .check(z.meta({ description: 'A gain, which is told once and leaves the signal ok.' })),
  question: z
    .nullable(z.string())
    .check(z.meta({ description: 'What shows the finding, to be pasted into a console.' })),
});

const change = z.object({ what: z.string(), at: time });

const signal = z.object({
  signal: z.string(),
  plane: z.enum(planes),
  verdict,
  severity: z.enum(['critical', 'warning']),
  state: z.nullable(z.string()).check(
    z.meta({
      description:
        'idle, rollout, drift, learning 7/24, or null. What explains an ok that would else surprise.',
    }),
  ),
  findings: z.array(finding),
  unavailable: z.array(
    z.object({
      expectation: z.string(),
      reason: z.enum(reasons),
      detail: z.string(),
    }),
  ),
  evidence: z.object({
    series: z
      .nullable(z.int())
      .check(z.meta({ description: 'Live series; null where they could not be counted.' })),
    newestSampleAt: z.nullable(time).check(
      z.meta({
        description: 'The newest sample of what is silent. null while nothing is: it is not asked then.',
      }),
    ),
    questions: z
      .array(z.string())
      .check(z.meta({ description: 'What was asked, one signal each, to be pasted into a console.' })),
    facts: z
      .array(z.string())
      .check(z.meta({ description: 'What else is known, such as the version of an add-on.' })),
    markers: z.array(change).check(z.meta({ description: 'Changes of the machinery, and when they were.' })),
  }),
  coincides: z
    .array(change)
    .check(
      z.meta({ description: 'Changes of the machinery about when this began, which need not be the cause.' }),
    ),
  wentBlind: z.nullable(z.object({ names: z.array(z.string()), more: z.int() })).check(
    z.meta({
      description:
        'Alarms and rules that look at what is missing, at least in part, such as alarm checkout-errors; null where nothing is missing, or that could not be asked.',
    }),
  ),
  runbook: z.nullable(z.string()),
});

/** What a report says of one cluster. */
export const clusterReport = z.object({
  cluster: z.string(),
  verdict,
  cause: z.nullable(z.string()),
  signals: z.array(signal),
});

/** The JSON report. Readers should tolerate new keys; a change that breaks them raises `version`. */
export const reportSchema = z.object({
  version: z.literal(1),
  tool: z.object({ name: z.literal('plumbline'), version: z.string() }),
  verdict,
  checkedAt: time,
  durationMs: z.int().check(z.nonnegative()),
  clusters: z.array(clusterReport),
  cost: z
    .optional(costSchema)
    .check(
      z.meta({ description: 'Where it was asked for: what the configuration asks and costs in a month.' }),
    ),
});

export type Report = z.output<typeof reportSchema>;
export type SignalReport = z.output<typeof signal>;

/** Assembles the report of one run; `checkedAt` and `durationMs` are in milliseconds by the caller's clock. */
export function toReport(
  clusters: readonly ClusterVerdict[],
  run: {
    checkedAt: number;
    durationMs: number;
    toolVersion: string;
    /** What earlier runs saw of the machinery, by cluster: only with it a change says from what. */
    machinery?: ReadonlyMap<string, readonly Piece[]>;
  },
): Report {
  return {
    version: 1,
    tool: { name: 'plumbline', version: run.toolVersion },
    verdict: worst(clusters.map((cluster) => cluster.verdict)),
    checkedAt: new Date(run.checkedAt).toISOString(),
    durationMs: Math.max(0, Math.round(run.durationMs)),
    clusters: clusters.map(({ cluster, verdict, signals }) => ({
      cluster,
      verdict,
      cause: null,
      signals: withCoincidences(signals, run.machinery?.get(cluster) ?? [], run.checkedAt),
    })),
  };
}

/** The signals, those that fail with what changed behind any of the cluster about when they broke. */
function withCoincidences(
  signals: readonly SignalVerdict[],
  before: readonly Piece[],
  checkedAt: number,
): SignalReport[] {
  const markers = signals.flatMap(({ evidence }) => evidence.markers);
  const changes = changesOf(withMarkers(before, markers, checkedAt));
  return signals.map((one) => {
    const since = [one.evidence.newestSampleAt ?? checkedAt];
    return toSignalReport(one, one.verdict === 'failing' ? coinciding(changes, since, checkedAt) : []);
  });
}

function toChange({ what, at }: Change): z.output<typeof change> {
  return { what, at: new Date(at).toISOString() };
}

/** One answer of nonsense must not cost the report of a whole run. */
function isMoment({ at }: Change): boolean {
  return isTime(at);
}

function toSignalReport(judged: SignalVerdict, coincides: readonly Change[]): SignalReport {
  const { series, newestSampleAt, questions, facts, markers, wentBlind } = judged.evidence;
  return {
    signal: judged.signal.name,
    plane: judged.signal.plane,
    verdict: judged.verdict,
    severity: judged.signal.severity,
    state: judged.state,
    findings: judged.findings.map((found) => ({ ...found })),
    unavailable: judged.unavailable.map((unobserved) => ({ ...unobserved })),
    evidence: {
      series,
      newestSampleAt:
        newestSampleAt === null || !isTime(newestSampleAt) ? null : new Date(newestSampleAt).toISOString(),
      questions: [...questions],
      facts: [...facts],
      markers: datedChanges(markers).filter(isMoment).map(toChange),
    },
    coincides: coincides.filter(isMoment).map(toChange),
    wentBlind: wentBlind && { names: [...wentBlind.names], more: wentBlind.more },
    runbook: judged.signal.runbook ?? null,
  };
}

/** The JSON Schema of the report, draft 2020-12. */
export function reportJsonSchema(): unknown {
  return { title: 'Plumbline report', ...z.toJSONSchema(reportSchema, { io: 'input' }) };
}
