import type { Storage } from './storage.ts';

export interface OtlpOptions {
  readonly account: string;
  readonly region: string;
}

/** What the collector's Prometheus receiver makes of a target's own labels. */
const RESOURCE = new Map([
  ['job', '@resource.service.name'],
  ['instance', '@resource.service.instance.id'],
]);

/**
 * The series of a storage as CloudWatch shows them when they were sent as OpenTelemetry metrics: attributes of the
 * resource under `@resource.`, its own labels under `@aws.`, and no stale markers.
 */
export function asOtlp(storage: Storage, { account, region }: OtlpOptions): Storage {
  return {
    get series() {
      return storage.series.map((series) => ({
        labels: new Map([
          ...[...series.labels].map(([name, value]) => [RESOURCE.get(name) ?? name, value] as const),
          ['@aws.account', account],
          ['@aws.region', region],
        ]),
        samples: (from: number, to: number) => series.samples(from, to).filter(({ stale }) => !stale),
      }));
    },
  };
}
