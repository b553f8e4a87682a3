/** A mapping as it is to stand in the YAML. */
export type Settings = Readonly<Record<string, unknown>>;

/** A signal to be written, and what is to stand above it as comments. */
export interface DraftSignal {
  readonly settings: Settings & { readonly name: string };
  readonly notes: readonly string[];
}

/** A cluster to be written. */
export interface DraftCluster {
  readonly name: string;
  readonly region: string;
  readonly profile?: string;
  /** The parameters of the profile. */
  readonly with?: Settings;
  readonly signals: readonly DraftSignal[];
  /** What is to stand above it as comments. */
  readonly notes: readonly string[];
  /** What its telemetry calls the cluster; undefined where nothing tells. */
  readonly estate?: string | undefined;
}

export interface Draft {
  readonly clusters: readonly DraftCluster[];
  /** What was seen and is not written, one a line. */
  readonly left: readonly string[];
}

/** A signal of a profile that is not to be judged, and why. */
export function switchedOff(name: string, why: string): DraftSignal {
  return { settings: { name, off: true }, notes: [why] };
}
