import type { MetricStore, StoredMetric } from '../../rehearsal/metric-store.ts';
import { startPublisher } from '../../rehearsal/publisher.ts';
import type { ExporterSettings, PublishedTarget, Publisher } from '../../rehearsal/publisher.ts';

export const SINCE = Date.parse('2026-11-20T06:00:00Z');
export const MINUTE = 60_000;
/** Late enough for everything to be delivered. */
export const LONG_AFTER = SINCE + 24 * 60 * MINUTE;

const SETTINGS: ExporterSettings = {
  namespace: 'shop',
  emf: { dimensionRollupOption: 'NoDimensionRollup' },
  resourceToTelemetry: false,
  scopeName: '',
  process: (point) => point,
};

/** A target with one gauge, `served`, that is 2. */
export function target(name: string, labels: Record<string, string> = { pod: name }): PublishedTarget {
  const metrics = [{ name: 'served', value: 2 }];
  return { name, interval: 15, labels, resource: { host: 'h' }, metrics };
}

/** A publisher that makes one dimension set of all labels. */
export function publisherOf(
  settings: Partial<ExporterSettings> = {},
  targets: readonly PublishedTarget[] = [target('a')],
): Publisher {
  return startPublisher({ settings: { ...SETTINGS, ...settings }, targets }, SINCE);
}

/** The metric of the publisher's namespace with these dimensions; throws where there is none. */
export function metric(
  store: MetricStore,
  dimensions: Record<string, string>,
  name = 'served',
): StoredMetric {
  const found = store.find({ namespace: 'shop', name, dimensions: new Map(Object.entries(dimensions)) });
  if (!found) throw new Error(`no metric ${name} ${JSON.stringify(dimensions)}`);
  return found;
}
