import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';
import { uncompress } from 'snappyjs';
import type { ArrivedRequest, Outcome, Reply } from './http.ts';
import { type Sample, type Storage, type StoredSeries, storedSeries } from './storage.ts';

export interface RemoteWriteOptions {
  /** How long a sample cannot be read after it arrived, in milliseconds; none by default, Infinity for ever. */
  readonly delayMs?: () => number;
  /** How many series there may be: those that are there go on, further ones are refused. */
  readonly seriesLimit?: () => number;
}

export interface RemoteWriteReceiver {
  /** Takes the samples of a request, or refuses it as AMP does; `now` in milliseconds. */
  readonly receive: (arrived: ArrivedRequest, now: number) => Reply;
  /** What can be read at `now`. */
  readonly visibleAt: (now: number) => Storage;
}

interface WrittenSeries {
  readonly labels: ReadonlyMap<string, string>;
  readonly samples: readonly Sample[];
}

interface Taken {
  readonly labels: ReadonlyMap<string, string>;
  readonly samples: { readonly sample: Sample; readonly readableAt: number }[];
}

/** Cortex refuses what is later than this; Prometheus takes it. */
const LONGEST_AHEAD_MS = 10 * 60_000;

/** Takes samples by remote write 1.0, and shows them after a while. */
export function remoteWriteReceiver({
  delayMs = () => 0,
  seriesLimit = () => Number.POSITIVE_INFINITY,
}: RemoteWriteOptions = {}): RemoteWriteReceiver {
  const taken = new Map<string, Taken>();
  const refusalOf = ({ labels, samples }: WrittenSeries, now: number): string | undefined => {
    const known = taken.get(seriesKey(labels));
    if (!known && taken.size >= seriesLimit()) {
      return `per-user series limit of ${seriesLimit()} exceeded, please contact administrator to raise it`;
    }
    const newest = known?.samples.at(-1)?.sample;
    for (const { at, value } of samples) {
      if (at > now + LONGEST_AHEAD_MS) return `timestamp too new: ${at} metric: ${metricText(labels)}`;
      if (!newest || at > newest.at) continue;
      if (at < newest.at) return `out of order sample: timestamp ${at}, series ${metricText(labels)}`;
      if (value !== newest.value) return `duplicate sample for timestamp ${at}, series ${metricText(labels)}`;
    }
    return undefined;
  };
  const take = ({ labels, samples }: WrittenSeries, now: number): void => {
    const one = taken.get(seriesKey(labels)) ?? { labels, samples: [] };
    taken.set(seriesKey(labels), one);
    const newest = one.samples.at(-1)?.sample.at ?? Number.NEGATIVE_INFINITY;
    const readableAt = now + delayMs();
    one.samples.push(...samples.filter(({ at }) => at > newest).map((sample) => ({ sample, readableAt })));
  };
  return {
    receive: (arrived, now) => {
      const written = readWriteRequest(arrived);
      if (!written) return { status: 400, body: 'snappy: corrupt input, or not a prometheus.WriteRequest' };
      // What is in order is taken, whatever becomes of the rest.
      const refusals = written.flatMap((series) => {
        const refusal = refusalOf(series, now);
        if (refusal === undefined) take(series, now);
        return refusal ?? [];
      });
      return refusals[0] === undefined ? { status: 200, body: '' } : { status: 400, body: refusals[0] };
    },
    visibleAt: (now) => ({
      series: [...taken.values()].map(({ labels, samples }): StoredSeries =>
        storedSeries(
          labels,
          samples.filter(({ readableAt }) => readableAt <= now).map(({ sample }) => sample),
        ),
      ),
    }),
  };
}

/** The series of a request; undefined where it is none that remote write 1.0 knows. */
export function readWriteRequest({ headers, body }: ArrivedRequest): readonly WrittenSeries[] | undefined {
  const isKnown =
    headers.get('content-encoding') === 'snappy' &&
    headers.get('content-type') === 'application/x-protobuf' &&
    headers.get('x-prometheus-remote-write-version') === '0.1.0';
  if (!isKnown) return undefined;
  try {
    return messagesOf(uncompress(Uint8Array.from(body)), 1).map((series) => ({
      labels: new Map(messagesOf(series, 1).map(readLabel)),
      samples: messagesOf(series, 2).map(readSample),
    }));
  } catch {
    return undefined;
  }
}

/** The embedded messages of a field. */
function messagesOf(message: Uint8Array, field: number): Uint8Array[] {
  const messages: Uint8Array[] = [];
  const reader = new BinaryReader(message);
  while (reader.pos < reader.len) {
    const [number, type] = reader.tag();
    if (number === field && type === WireType.LengthDelimited) messages.push(reader.bytes());
    else reader.skip(type);
  }
  return messages;
}

function readLabel(message: Uint8Array): readonly [string, string] {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const [name = new Uint8Array()] = messagesOf(message, 1);
  const [value = new Uint8Array()] = messagesOf(message, 2);
  return [decoder.decode(name), decoder.decode(value)];
}

function readSample(message: Uint8Array): Sample {
  let value = 0;
  let at = 0;
  const reader = new BinaryReader(message);
  while (reader.pos < reader.len) {
    const [number, type] = reader.tag();
    if (number === 1 && type === WireType.Bit64) value = reader.double();
    else if (number === 2 && type === WireType.Varint) at = Number(reader.int64());
    else reader.skip(type);
  }
  return { at, value, stale: false };
}

function seriesKey(labels: ReadonlyMap<string, string>): string {
  return JSON.stringify([...labels].sort(([left], [right]) => (left < right ? -1 : 1)));
}

function metricText(labels: ReadonlyMap<string, string>): string {
  return `{${[...labels].map(([name, value]) => `${name}=${JSON.stringify(value)}`).join(', ')}}`;
}

/** What AMP answers where samples come faster than its quota allows. */
export const RATE_LIMITED: Outcome = {
  status: 429,
  body: 'ingestion rate limit (170000) exceeded while adding 1 samples and 0 metadata',
};
