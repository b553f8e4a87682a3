/** Where X-Ray keeps the traces that arrive in a region. */
export interface TraceDestinationQuestion {
  readonly ask: 'traceDestination';
}

/** Which services have traces at most `freshMs` old: the newest ones, not all of them. */
export interface TracedServicesQuestion {
  readonly ask: 'tracedServices';
  readonly freshMs: number;
}

export interface TraceDestination {
  /** `CloudWatchLogs` is Transaction Search. */
  readonly keeps: 'XRay' | 'CloudWatchLogs';
  /** Under way to there: until it has arrived, traces may be in either. */
  readonly isMoving: boolean;
}
