import { quote } from '../config/problems.ts';
import type { Config } from '../config/schema.ts';
import { parseDuration } from '../config/values.ts';
import { unknownNames } from '../plan.ts';
import type { RuntimeMute } from '../stores/store.ts';
import { isReason } from './settings.ts';

/** What somebody asks to mute, as written. */
export interface MuteRequest {
  readonly clusters: readonly string[];
  readonly signals: readonly string[];
  /** Everything, and no names. */
  readonly all: boolean;
  readonly for: string;
  readonly reason: string;
}

/** How each part of a request is called where it was written, such as `--cluster`. */
export type Wording = Readonly<Record<keyof MuteRequest, string>>;

/** The mute that is asked for, from `now` on (milliseconds since the epoch), or everything that is wrong with it. */
export function newMute(
  request: MuteRequest,
  config: Config,
  { id, now, wording }: { readonly id: string; readonly now: number; readonly wording: Wording },
): { readonly mute: RuntimeMute } | { readonly problems: readonly string[] } {
  const forMs = parseDuration(request.for);
  const problems = [
    ...selectionProblems(request, config, wording),
    ...(forMs === undefined
      ? [
          `${wording.for} ${quote(request.for)} is not a duration from 1s to 30d; write one such as 90s, 20m, 2h or 1d`,
        ]
      : []),
    ...(isReason(request.reason)
      ? []
      : [
          `${wording.reason} ${quote(request.reason)} is no reason; write 1 to 200 characters without line breaks`,
        ]),
  ];
  if (forMs === undefined || problems.length > 0) return { problems };
  const [clusters, signals] = [[...new Set(request.clusters)], [...new Set(request.signals)]];
  return { mute: { id, clusters, signals, from: now, until: now + forMs, reason: request.reason } };
}

function selectionProblems(
  { clusters, signals, all }: MuteRequest,
  config: Config,
  wording: Wording,
): string[] {
  const isNamed = clusters.length > 0 || signals.length > 0;
  if (all && isNamed) return [`${wording.all} is everything; leave it out, or the names`];
  if (!all && !isNamed) {
    return [
      `nothing is named to be muted; write ${wording.clusters}, ${wording.signals} or both, or ${wording.all} for everything`,
    ];
  }
  const strangers = unknownNames('cluster', clusters, config.clusters);
  const isChosen = (name: string) => strangers.length > 0 || clusters.length === 0 || clusters.includes(name);
  const chosen = config.clusters.filter(({ name }) => isChosen(name));
  return [
    ...strangers,
    ...unknownNames(
      'signal',
      signals,
      chosen.flatMap((cluster) => cluster.signals),
    ),
  ];
}
