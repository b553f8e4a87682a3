import type { Marker } from './expectation.ts';
import type { GroupCount } from './question.ts';
import type { StreamSignal } from './signal.ts';

/** Labels that hold the version of what sends (exporter-semantics §2.2), whatever CloudWatch puts before them. */
const VERSION =
  /^(?:@\w+\.)?(?:otel_scope_version|collector_version|service[._]version|aws[._]ecs[._]task[._]revision)$/;

/** Versions of collectors that live series carry under the labels of `by`. While there are several, none is told: one replaces the other. */
export function versionMarkers({ metric, by }: StreamSignal, groups: readonly GroupCount[]): Marker[] {
  return by
    .filter((label) => VERSION.test(label))
    .flatMap((label): Marker[] => {
      const live = groups.filter(({ series }) => series > 0).flatMap(({ group }) => group.get(label) ?? []);
      const [version, ...others] = new Set(live);
      if (version === undefined || others.length > 0) return [];
      return [{ of: `${label} of ${metric}`, did: 'changed', version, at: undefined }];
    });
}
