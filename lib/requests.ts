/** A request to an observed plane, as AWS counts and prices it. */
export interface ObservedRequest {
  /** The IAM action that it needs, such as `cloudwatch:GetMetricData`. */
  readonly action: string;
  /** How many metrics it reads, where they are what is paid. */
  readonly metrics?: number;
  /** How many samples it processed, where they are what is paid and the answer tells. */
  readonly samples?: number;
}

/** Called for every request to an observed plane, those that are tried again included. */
export type OnRequest = (request: ObservedRequest) => void;
