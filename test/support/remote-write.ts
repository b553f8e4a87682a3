import type { Sample, StoredSeries } from '../../rehearsal/storage.ts';

const STALE_MARKER = 0x7f_f0_00_00_00_00_00_02n;

/** Writes every sample of `series` in [from, to] (ms) to a remote write receiver, in the order of time. */
export async function remoteWrite(
  url: string,
  series: readonly StoredSeries[],
  from: number,
  to: number,
): Promise<void> {
  const written = series
    .map((one) => ({ labels: one.labels, samples: one.samples(from, to) }))
    .filter(({ samples }) => samples.length > 0);
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-encoding': 'snappy',
      'content-type': 'application/x-protobuf',
      'x-prometheus-remote-write-version': '0.1.0',
    },
    body: snappyBlock(writeRequest(written)),
  });
  const body = await response.text();
  if (!response.ok) throw new Error(`remote write was answered ${response.status}: ${body}`);
}

interface TimeSeries {
  readonly labels: ReadonlyMap<string, string>;
  readonly samples: readonly Sample[];
}

/** A prometheus.WriteRequest: repeated TimeSeries of repeated Label and Sample. */
export function writeRequest(series: readonly TimeSeries[]): Uint8Array {
  return Buffer.concat(series.map((one) => field(1, timeSeries(one))));
}

function timeSeries({ labels, samples }: TimeSeries): Uint8Array {
  const sorted = [...labels].sort(([left], [right]) => Buffer.compare(Buffer.from(left), Buffer.from(right)));
  return Buffer.concat([
    ...sorted.map(([name, value]) =>
      field(1, Buffer.concat([field(1, Buffer.from(name)), field(2, Buffer.from(value))])),
    ),
    ...samples.map((sample) => field(2, encodeSample(sample))),
  ]);
}

function encodeSample({ at, value, stale }: Sample): Uint8Array {
  const bytes = Buffer.alloc(9);
  bytes[0] = (1 << 3) | 1;
  if (stale) bytes.writeBigUInt64LE(STALE_MARKER, 1);
  else bytes.writeDoubleLE(value, 1);
  return Buffer.concat([bytes, Uint8Array.of(2 << 3), varint(at)]);
}

function field(number: number, content: Uint8Array): Uint8Array {
  return Buffer.concat([Uint8Array.of((number << 3) | 2), varint(content.length), content]);
}

function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = BigInt(value);
  while (rest > 0x7fn) {
    bytes.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  return Uint8Array.of(...bytes, Number(rest));
}

const LITERAL_BYTES = 65_536;

/** The snappy block format with literals only: nothing is compressed, every decoder accepts it. */
export function snappyBlock(content: Uint8Array): Uint8Array {
  const parts = [varint(content.length)];
  for (let start = 0; start < content.length; start += LITERAL_BYTES) {
    const literal = content.subarray(start, start + LITERAL_BYTES);
    const length = literal.length - 1;
    parts.push(Uint8Array.of(61 << 2, length & 0xff, length >> 8), literal);
  }
  return Buffer.concat(parts);
}
