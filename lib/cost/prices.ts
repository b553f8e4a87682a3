import type { Plane } from '../signal.ts';

/** What is paid for, and how much of it. */
export interface Price {
  readonly unit: Unit;
  readonly dollars: number;
  /** For so many of the unit. */
  readonly per: number;
  /** Where the price was read: second-hand copies, none of them AWS's own price list. */
  readonly source: string;
}

export type Unit =
  | 'requests'
  | 'metrics'
  | 'samples'
  | 'traces'
  | 'gigabyte-seconds'
  | 'write units'
  | 'read units'
  | 'custom metrics'
  | 'gigabytes';

/** What all prices below are of: list prices in US dollars, before any free tier. */
export const PRICES_ARE_OF = { region: 'us-east-1', date: '2026-10' } as const;
export const HOURS_PER_MONTH = 730;

const PRICE_LIST = 'a public copy of the AWS Price List, October 2026';
const AMP = 'public copies of the AMP price page';
const PRICE_PAGES = 'public copies of the price pages, September 2026';
const INFRACOST = 'infracost, August 2026';

/** The one table of prices. Requests by their IAM action; what has no price here is told as that, never as free. */
const requests: Readonly<Record<string, Price>> = {
  'aps:QueryMetrics': { unit: 'samples', dollars: 0.1, per: 1e9, source: AMP },
  'aps:RemoteWrite': { unit: 'samples', dollars: 0.9, per: 1e7, source: AMP },
  'cloudwatch:GetMetricData': { unit: 'metrics', dollars: 0.01, per: 1000, source: PRICE_LIST },
  'cloudwatch:ListMetrics': { unit: 'requests', dollars: 0.01, per: 1000, source: PRICE_LIST },
  'cloudwatch:PutMetricData': { unit: 'requests', dollars: 0.01, per: 1000, source: PRICE_LIST },
  'prometheus:query': { unit: 'requests', dollars: 0, per: 1, source: 'not billed by AWS' },
  'prometheus:labels': { unit: 'requests', dollars: 0, per: 1, source: 'not billed by AWS' },
  'prometheus:write': { unit: 'requests', dollars: 0, per: 1, source: 'not billed by AWS' },
  'xray:GetTraceSummaries': { unit: 'traces', dollars: 0.5, per: 1e6, source: 'the X-Ray price page' },
};

/** Where a plane pays for the same action otherwise: PromQL in CloudWatch, which needs GetMetricData. */
const requestsOf: Partial<Record<Plane, Readonly<Record<string, Price>>>> = {
  cloudwatchPromql: {
    'cloudwatch:GetMetricData': { unit: 'samples', dollars: 0.01, per: 1e6, source: PRICE_LIST },
  },
};

/** What Plumbline itself runs on. */
export const own = {
  lambdaTime: { unit: 'gigabyte-seconds', dollars: 0.0000133334, per: 1, source: PRICE_PAGES },
  lambdaRequests: { unit: 'requests', dollars: 0.2, per: 1e6, source: PRICE_PAGES },
  schedule: { unit: 'requests', dollars: 1, per: 1e6, source: 'a public guide, March 2026' },
  tableWrites: { unit: 'write units', dollars: 0.625, per: 1e6, source: INFRACOST },
  tableReads: { unit: 'read units', dollars: 0.125, per: 1e6, source: INFRACOST },
  customMetrics: { unit: 'custom metrics', dollars: 0.3, per: 1, source: PRICE_LIST },
  logs: { unit: 'gigabytes', dollars: 0.5, per: 1, source: PRICE_LIST },
} as const satisfies Record<string, Price>;

/** What a request of a plane costs; undefined where no price is known. */
export function priceOf(plane: Plane | undefined, action: string): Price | undefined {
  const special = plane === undefined ? undefined : requestsOf[plane];
  if (special && Object.hasOwn(special, action)) return special[action];
  return Object.hasOwn(requests, action) ? requests[action] : undefined;
}

/** So many units at a price, in dollars. */
export function dollarsFor({ dollars, per }: Price, units: number): number {
  return (units * dollars) / per;
}
