import type { LabelsSettings } from '../checks/labels.ts';
import type { ParitySettings } from '../checks/parity.ts';
import type { ProbeSettings } from '../checks/probe.ts';
import type { SeriesSettings } from '../checks/series.ts';
import type { MuteSettings } from '../mutes/settings.ts';
import type { OnlySettings } from '../only.ts';
import type { ClusterSettings, SignalSettings } from './schema.ts';

type Partly<T> = { readonly [Key in keyof T]?: T[Key] | undefined };

/** What could be read of a signal that may be faulty elsewhere. */
export type DraftSignal = Partly<
  Omit<SignalSettings, 'series' | 'labels' | 'parity' | 'probe' | 'when' | 'statistic' | 'promql'>
> & {
  readonly series?: DraftSeries | undefined;
  readonly labels?: Partly<LabelsSettings> | undefined;
  readonly parity?: Partly<ParitySettings> | undefined;
  readonly probe?: Partly<ProbeSettings> | undefined;
  readonly statistic?: Partly<NonNullable<SignalSettings['statistic']>> | undefined;
  readonly promql?: Partly<NonNullable<SignalSettings['promql']>> | undefined;
  readonly when?: Partly<NonNullable<SignalSettings['when']>> | undefined;
};

export type DraftSeries = Partly<Omit<SeriesSettings, 'each'>> & {
  readonly each?: Partly<NonNullable<SeriesSettings['each']>> | undefined;
};

export type DraftCluster = Partly<Omit<ClusterSettings, 'signals'>> & {
  readonly signals?: readonly (DraftSignal | undefined)[] | undefined;
};

export interface DraftAlerts {
  readonly channels?:
    | readonly ({ readonly only?: Partly<OnlySettings> | undefined } | undefined)[]
    | undefined;
  readonly mutes?: readonly (Partly<MuteSettings> | undefined)[] | undefined;
}

/** A configuration with holes: what the rules between its parts are judged on, whatever else is wrong. */
export interface DraftConfig {
  readonly alerts?: DraftAlerts | undefined;
  readonly clusters?: readonly (DraftCluster | undefined)[] | undefined;
}
