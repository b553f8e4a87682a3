import { type Identity, identityKey } from '../aws/credentials.ts';
import { awsFailure, statusOf } from '../aws/failure.ts';
import { chunked } from '../chunked.ts';
import { type CloudWatch, openCloudWatch } from '../cloudwatch/client.ts';
import type { ListedSeries } from '../cloudwatch/listing.ts';
import { type Reading, readSeries } from '../cloudwatch/reading.ts';
import type { Evidence } from '../evidence.ts';
import { questionKey } from '../question.ts';
import type { SourcePorts } from '../sources/source.ts';
import { PROBE_NAME, PROBE_NAMESPACE, probeDimensions } from './cloudwatch.ts';
import { conclude, lookBackMs, notTaken, probeDeadline, remember, type Written } from './outcome.ts';
import type { ProbeAnswer, ProbeQuestion } from './question.ts';

/** PutMetricData takes at most this many metrics. */
const METRICS_PER_CALL = 1000;

/**
 * Writes one sample for each probe and reads, at the same time, what earlier runs wrote: CloudWatch shows a sample after a
 * minute or more.
 */
export async function probeByPutMetricData(
  questions: readonly ProbeQuestion[],
  identity: Identity,
  ports: SourcePorts,
): Promise<readonly [string, Evidence<ProbeAnswer>][]> {
  const inTime = { ...ports, deadline: probeDeadline(ports) };
  const cloudwatch = await openCloudWatch(identity, inTime);
  const at = inTime.clock.now();
  const from = at - Math.max(...questions.map(lookBackMs));
  const [written, readings] = await Promise.all([
    putAll(questions, at, cloudwatch),
    readSeries(questions.map(seriesOf), from, cloudwatch, inTime),
  ]);
  return questions.map((question) => {
    const key = JSON.stringify([identityKey(identity), question.cluster, question.signal]);
    const outcome = written.get(question) ?? NOT_SENT;
    if (outcome.kind === 'accepted') remember(ports.memory.probes, key, at);
    const accepted = ports.memory.probes.get(key) ?? [];
    const reading = readings.get(seriesOf(question).key);
    return [questionKey(question), answer(question, outcome, reading, at, accepted)];
  });
}

const NOT_SENT: Written = { kind: 'unavailable', reason: 'invalid-response', detail: 'it was not sent' };

function answer(
  question: ProbeQuestion,
  written: Written,
  reading: Reading | undefined,
  at: number,
  accepted: readonly number[],
): Evidence<ProbeAnswer> {
  if (written.kind !== 'accepted' || !reading) return notTaken(written, at);
  const { ends, periodMs, trouble } = reading;
  // A minute that can be read holds what was written before its end.
  const newestReadable = ends.length === 0 ? null : Math.max(...ends) - 1;
  const seen = { at, newestReadable, partial: false, periodMs, latencyMs: null };
  const concluded = conclude(question, written, seen, accepted);
  const isThere = concluded.kind === 'found' && concluded.value.missing === undefined;
  return isThere ? concluded : (trouble ?? concluded);
}

async function putAll(
  questions: readonly ProbeQuestion[],
  at: number,
  cloudwatch: CloudWatch,
): Promise<ReadonlyMap<ProbeQuestion, Written>> {
  const outcomes = await Promise.all(
    chunked(questions, METRICS_PER_CALL).map(async (call) => {
      const outcome = await put(call, at, cloudwatch);
      return call.map((question) => [question, outcome] as const);
    }),
  );
  return new Map(outcomes.flat());
}

async function put(
  questions: readonly ProbeQuestion[],
  at: number,
  { request, commands, as }: CloudWatch,
): Promise<Written> {
  const command = new commands.PutMetricDataCommand({
    Namespace: PROBE_NAMESPACE,
    MetricData: questions.map((question) => ({
      MetricName: PROBE_NAME,
      Dimensions: [...probeDimensions(question)].map(([Name, Value]) => ({ Name, Value })),
      Timestamp: new Date(at),
      Value: at / 1000,
      Unit: 'Seconds' as const,
    })),
  });
  try {
    await request({ action: 'cloudwatch:PutMetricData' }, (client, options) => client.send(command, options));
    return { kind: 'accepted', at };
  } catch (error) {
    const failure = awsFailure(error, `cloudwatch:PutMetricData to ${PROBE_NAMESPACE}, as ${as}`);
    const { reason, detail } = failure;
    const isLimit = error instanceof Error && error.name.startsWith('LimitExceeded');
    if (reason === 'throttled' || isLimit)
      return { kind: 'refused', words: `CloudWatch refuses samples: ${detail}` };
    if ((statusOf(error) ?? 0) < 500) return failure;
    return { kind: 'refused', words: `CloudWatch does not take samples: ${detail}` };
  }
}

function seriesOf(question: ProbeQuestion): ListedSeries {
  const dimensions = probeDimensions(question);
  const key = JSON.stringify([PROBE_NAMESPACE, PROBE_NAME, [...dimensions]]);
  return { key, account: undefined, namespace: PROBE_NAMESPACE, metric: PROBE_NAME, dimensions };
}
