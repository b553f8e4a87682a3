import { quote } from '../config/problems.ts';
import type { Config } from '../config/schema.ts';
import { plan, type PlannedCluster, type Selection } from '../plan.ts';
import { isReason } from '../mutes/settings.ts';
import { driftingSignals } from './remembered.ts';

/** What somebody decides about baselines, and who and why. */
export interface BaselineRequest {
  readonly clusters: readonly string[];
  readonly signals: readonly string[];
  /** Everything, and no names. */
  readonly all: boolean;
  readonly by: string;
  readonly reason: string;
}

/** How each part of a request is called where it was written, such as `--cluster`. */
export type BaselineWording = Readonly<Record<keyof BaselineRequest, string>>;

type Chosen = { readonly clusters: readonly PlannedCluster[] } | { readonly problems: readonly string[] };

const LONGEST_NAME = 100;

/** The clusters of which signals are compared with a baseline: of those that are named, else of all. */
export function chosenSignals(config: Config, selection: Selection): Chosen {
  const planned = plan(config, selection);
  if ('problems' in planned) return planned;
  const drifting = planned.clusters.map((cluster) => ({ cluster, names: new Set(driftingSignals(cluster)) }));
  const all = new Set(drifting.flatMap(({ names }) => [...names]));
  const others = (selection.signals ?? []).filter((name) => !all.has(name));
  if (others.length > 0)
    return { problems: others.map((name) => `signal ${quote(name)} has no baseline; ${REMEDY}`) };
  if (all.size === 0) return { problems: [`no signal has a baseline; ${REMEDY}`] };
  const only = ({ cluster, names }: (typeof drifting)[number]): PlannedCluster => ({
    ...cluster,
    signals: cluster.signals.filter(({ judged, signal }) => !judged || names.has(signal.name)),
  });
  return { clusters: drifting.filter(({ names }) => names.size > 0).map(only) };
}

const REMEDY = 'expect no drift of it, such as series: { drift: 20% }';

/** The same for a decision, or everything that is wrong with it. */
export function chosenFor(request: BaselineRequest, config: Config, wording: BaselineWording): Chosen {
  const { clusters, signals, all, by, reason } = request;
  const isNamed = clusters.length > 0 || signals.length > 0;
  const chosen = chosenSignals(config, { clusters, signals });
  const problems = [
    ...(all && isNamed ? [`${wording.all} is everything; leave it out, or the names`] : []),
    ...(!all && !isNamed
      ? [
          `nothing is named; write ${wording.clusters}, ${wording.signals} or both, or ${wording.all} for everything`,
        ]
      : []),
    ...(isReason(reason)
      ? []
      : [`${wording.reason} ${quote(reason)} is no reason; write 1 to 200 characters without line breaks`]),
    ...(isReason(by) && by.length <= LONGEST_NAME
      ? []
      : [`${wording.by} ${quote(by)} is nobody; write 1 to ${LONGEST_NAME} characters without line breaks`]),
    ...('problems' in chosen ? chosen.problems : []),
  ];
  return problems.length > 0 ? { problems } : chosen;
}
