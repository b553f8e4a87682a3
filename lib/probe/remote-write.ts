import { type Absent, type Evidence, type Unavailable, unavailable } from '../evidence.ts';
import { askInBatches } from '../promql/batch.ts';
import {
  type Endpoint,
  instantQuery,
  post,
  type PromqlEndpoint,
  type Refused,
  refusalEvidence,
} from '../promql/client.ts';
import { withoutQuotes } from '../promql/refusal.ts';
import { questionKey } from '../question.ts';
import type { SourcePorts } from '../sources/source.ts';
import { conclude, notTaken, probeDeadline, remember, type Seen, type Written } from './outcome.ts';
import { probeLabels, probeQuery } from './promql.ts';
import type { ProbeAnswer, ProbeQuestion } from './question.ts';
import { writeRequest } from './write-request.ts';

const HEADERS = {
  'content-encoding': 'snappy',
  'content-type': 'application/x-protobuf',
  'x-prometheus-remote-write-version': '0.1.0',
};
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 4000;
/** What is kept of the time for the last look. */
const RESERVE_MS = 1000;

/** The sample is no newer than what is there, in the words of Prometheus, Cortex and Mimir, and AMP's discards. */
const OVERTAKEN =
  /out[ -]of[ -]order|out of bounds|duplicate sample|new-value-for-timestamp|too[ -](?:old|new)|too far in the (?:future|past)|max_sample_age/i;
/** Not the sample is refused, but the form in which it came. */
const MISUNDERSTOOD = /snappy|protobuf|proto:|unmarshal|decod|decompress|content-type/i;
/** The sample itself is refused: for a limit, or for its labels. */
const REFUSES_SAMPLES = new Set([400, 422, 429]);

/** The query API of a server and where it takes samples. */
export interface ProbedEndpoint extends PromqlEndpoint {
  readonly write: Endpoint;
}

/**
 * Writes one sample for each probe and looks for it until it can be read, or the probe's time is up. All are written by
 * one request; where that is refused, each by its own, so that what befalls one is not told of all.
 */
export async function probeByRemoteWrite(
  questions: readonly ProbeQuestion[],
  endpoint: ProbedEndpoint,
  ports: SourcePorts,
): Promise<readonly [string, Evidence<ProbeAnswer>][]> {
  const inTime = { ...ports, deadline: probeDeadline(ports) };
  const { probes } = ports.memory;
  const keyOf = ({ cluster, signal }: ProbeQuestion): string =>
    JSON.stringify([endpoint.write.url.href, cluster, signal]);
  const written = await writeAll(questions, endpoint.write, inTime);
  for (const [question, outcome] of written) {
    if (outcome.kind === 'accepted') remember(probes, keyOf(question), outcome.at);
  }
  const seen = await look(written, endpoint, inTime);
  return written.map(([question, outcome]) => {
    const looked = seen.get(question);
    const taken = probes.get(keyOf(question)) ?? [];
    return [
      questionKey(question),
      looked === undefined
        ? notTaken(outcome, inTime.clock.now())
        : 'kind' in looked
          ? looked
          : conclude(question, outcome, looked, taken),
    ];
  });
}

async function writeAll(
  questions: readonly ProbeQuestion[],
  endpoint: Endpoint,
  ports: SourcePorts,
): Promise<readonly (readonly [ProbeQuestion, Written])[]> {
  const outcome = await write(questions, endpoint, ports);
  const mayDiffer = outcome.kind === 'refused' || outcome.kind === 'overtaken';
  if (questions.length === 1 || !mayDiffer) return questions.map((question) => [question, outcome]);
  return Promise.all(
    questions.map(async (question) => [question, await write([question], endpoint, ports)] as const),
  );
}

async function write(
  questions: readonly ProbeQuestion[],
  endpoint: Endpoint,
  ports: SourcePorts,
): Promise<Written> {
  const at = ports.clock.now();
  const body = writeRequest(questions.map(probeLabels), at);
  const timeoutMs = Math.max(1, ports.deadline - at - RESERVE_MS);
  const outcome = await post(() => ({ headers: HEADERS, body }), timeoutMs, endpoint, ports);
  if (outcome.kind === 'answered') {
    ports.onUnits?.({ action: endpoint.action, unit: 'samples', count: questions.length });
    return { kind: 'accepted', at };
  }
  return outcome.kind === 'refused' ? whyRefused(outcome, endpoint) : outcome;
}

/** Only an answer of the plane about samples tells that it takes none; who may not write, or is not heard, knows nothing. */
function whyRefused({ refusal, status }: Refused, endpoint: Endpoint): Written {
  const evidence = refusalEvidence(refusal, endpoint);
  const { reason, detail } = refusal;
  if (evidence.kind === 'absent' || status === undefined) return evidence;
  if (reason === 'denied' || reason === 'clock' || reason === 'timeout') return evidence;
  const told = withoutQuotes(detail);
  if (status >= 500) return { kind: 'refused', words: `${endpoint.place} does not take samples: ${detail}` };
  if (status === 409 || (status !== 429 && OVERTAKEN.test(told))) return { kind: 'overtaken', words: detail };
  if (!REFUSES_SAMPLES.has(status) || MISUNDERSTOOD.test(told)) return unavailable('rejected', detail);
  return { kind: 'refused', words: `${endpoint.place} refuses samples: ${detail}` };
}

type Looked = Seen | Absent | Unavailable;

interface Waiting {
  readonly question: ProbeQuestion;
  /** When the sample was written that is waited for; undefined where any will do. */
  readonly since: number | undefined;
  readonly until: number;
}

/** What can be read of the probes whose series there is; of those just written, as soon as it is that sample. */
async function look(
  written: readonly (readonly [ProbeQuestion, Written])[],
  endpoint: PromqlEndpoint,
  ports: SourcePorts,
): Promise<ReadonlyMap<ProbeQuestion, Looked>> {
  const { clock, deadline } = ports;
  const seen = new Map<ProbeQuestion, Looked>();
  let waiting = written.flatMap(([question, outcome]): Waiting[] => {
    if (outcome.kind === 'overtaken') return [{ question, since: undefined, until: clock.now() }];
    if (outcome.kind !== 'accepted') return [];
    const until = Math.min(outcome.at + question.withinMs, deadline - RESERVE_MS);
    return [{ question, since: outcome.at, until }];
  });
  for (let pauseMs = FIRST_PAUSE_MS; waiting.length > 0; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
    const leftMs = Math.min(...waiting.map(({ until }) => until)) - clock.now();
    await clock.sleep(Math.max(0, Math.min(pauseMs, leftMs)));
    const at = clock.now();
    const newest = await newestAt(at, waiting, endpoint, ports);
    waiting = waiting.filter(({ question, since, until }) => {
      const evidence = newest.get(question);
      if (evidence?.kind !== 'found') {
        seen.set(question, evidence ?? unavailable('invalid-response', 'the source gave no answer'));
        return false;
      }
      const newestReadable = evidence.value;
      const isThere = since !== undefined && newestReadable !== null && newestReadable >= since;
      const latencyMs = isThere ? clock.now() - since : null;
      seen.set(question, { at, newestReadable, partial: evidence.partial, periodMs: 0, latencyMs });
      return !isThere && at < until;
    });
  }
  return seen;
}

/** As of a time of the writer's clock, so that a sample is found whatever the server's says. */
async function newestAt(
  at: number,
  probes: readonly Waiting[],
  endpoint: PromqlEndpoint,
  ports: SourcePorts,
): Promise<ReadonlyMap<ProbeQuestion, Evidence<number | null>>> {
  const timed = {
    ...endpoint,
    parameters: (timeout: string) => ({ ...endpoint.parameters(timeout), time: String(at / 1000) }),
  };
  const leftMs = Math.max(1, ports.deadline - at);
  const answers = await askInBatches(
    probes.map(({ question }) => probeQuery(question)),
    {
      expensive: ports.memory.expensive,
      query: (query, alone) => instantQuery(query, alone ? leftMs : leftMs / 2, timed, ports),
    },
  );
  const newest = new Map<ProbeQuestion, Evidence<number | null>>();
  for (const { question } of probes) {
    const evidence = answers.get(probeQuery(question));
    if (evidence?.kind === 'found') {
      const [row] = evidence.value;
      newest.set(question, { ...evidence, value: row ? Math.round(row.value * 1000) : null });
    } else if (evidence) newest.set(question, evidence);
  }
  return newest;
}
