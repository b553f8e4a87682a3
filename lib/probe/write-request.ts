import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { compress } from 'snappyjs';

/** All labels of a series by name, `__name__` included. */
export type Labels = Readonly<Record<string, string>>;

/**
 * A `prometheus.WriteRequest` of remote write 1.0 with one sample of each series, as a snappy block. `at` is when, in
 * milliseconds since the epoch; the value is the same time in seconds.
 */
export function writeRequest(series: readonly Labels[], at: number): Uint8Array {
  const writer = new BinaryWriter();
  for (const labels of series) {
    writer.tag(1, WireType.LengthDelimited).fork();
    // Receivers demand the order of names.
    for (const name of Object.keys(labels).sort()) {
      writer.tag(1, WireType.LengthDelimited).fork();
      writer.tag(1, WireType.LengthDelimited).string(name);
      writer.tag(2, WireType.LengthDelimited).string(labels[name] ?? '');
      writer.join();
    }
    writer.tag(2, WireType.LengthDelimited).fork();
    writer.tag(1, WireType.Bit64).double(at / 1000);
    writer.tag(2, WireType.Varint).int64(at);
    writer.join();
    writer.join();
  }
  return compress(writer.finish());
}
