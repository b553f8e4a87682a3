import type { Plane } from './signal.ts';

/** A request to an observed plane, as AWS counts and prices it. */
export interface ObservedRequest {
  /** The IAM action that it needs, such as `cloudwatch:GetMetricData`. */
  readonly action: string;
  /** Whose source sent it; filled in where the source is opened. */
  readonly plane?: Plane;
  /** How many metrics it reads, where they are what is paid. */
  readonly metrics?: number;
}

/** What a request turned out to have worked through, told with its answer, where that is what is paid. */
export interface ObservedUnits {
  readonly action: string;
  readonly plane?: Plane;
  readonly unit: 'samples' | 'traces';
  /** Undefined where the answer does not tell. */
  readonly count: number | undefined;
}

/** Called for every request to an observed plane, those that are tried again included, as it is sent. */
export type OnRequest = (request: ObservedRequest) => void;

/** Called for every answer that is paid by what it took. Where it is set, answers are asked to tell. */
export type OnUnits = (units: ObservedUnits) => void;

/** As much of an answer as is read into memory: aggregates and pages are far smaller. */
export const MAX_ANSWER_BYTES = 8 * 1024 * 1024;
