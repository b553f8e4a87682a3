/** A sample that Plumbline writes itself, and whether it can be read. One series for each cluster and signal. */
export interface ProbeQuestion {
  readonly ask: 'probe';
  readonly cluster: string;
  readonly signal: string;
  /** How soon what was written must be readable. Milliseconds. */
  readonly withinMs: number;
  /** How often one is written. Milliseconds. */
  readonly everyMs: number;
}

/** Times are milliseconds since the epoch, by the clock of whoever writes. */
export interface ProbeAnswer {
  /** Why the plane did not take the sample, in its own words. */
  readonly refused?: string;
  /** When the newest sample was written that should be readable by now and is not. */
  readonly missing?: number;
  /** When the newest sample was written that can be read; null where none can, or nobody looked. */
  readonly newestReadable: number | null;
  /** How long it took until the sample just written could be read; null where that was not seen. Milliseconds. */
  readonly latencyMs: number | null;
}
