import type { Reason } from '../../lib/evidence.ts';
import type { Fault } from '../../rehearsal/faults.ts';
import type { Service } from './estates.ts';

/** What a fault may be called where a plane is observed; nothing where another try, or patience, mends it. */
export type Seen = Readonly<Record<Fault, readonly Reason[]>>;

const asIs: Seen = {
  latency: [],
  reset: ['unreachable'],
  cut: ['unreachable', 'invalid-response'],
  throttled: ['throttled'],
  'internal error': ['unreachable'],
  'bad gateway': ['unreachable', 'invalid-response'],
  page: ['invalid-response'],
  'other JSON': ['invalid-response'],
  'JSON null': ['invalid-response'],
  'JSON list': ['invalid-response'],
  'empty object': ['invalid-response'],
  'empty 200': ['invalid-response'],
  drip: ['timeout'],
  silence: ['timeout'],
  huge: ['too-expensive', 'invalid-response'],
  'clock ahead': ['clock'],
  'clock behind': ['clock'],
  'expired token': ['denied'],
  denied: ['denied'],
  'made-up conflict': ['invalid-response', 'rejected'],
  'conflict of a transaction': ['invalid-response', 'rejected'],
  'canceled transaction': ['invalid-response', 'rejected'],
  redirect: ['invalid-response', 'rejected', 'unreachable'],
};

/** Nothing is judged by what STS takes for the time. */
const ofSts: Seen = {
  ...asIs,
  reset: ['unreachable', 'invalid-response'],
  drip: ['timeout', 'invalid-response'],
  silence: ['timeout', 'invalid-response'],
  'clock ahead': [],
  'clock behind': [],
};

/** Of every API that planes are observed through, what each way to break it is called in the report. */
export const seen: Readonly<Record<Service, Seen>> = {
  AMP: asIs,
  CLOUDWATCH: asIs,
  CLOUDWATCH_LOGS: asIs,
  XRAY: asIs,
  EKS: asIs,
  ECS: asIs,
  SERVICE_QUOTAS: asIs,
  STS: ofSts,
};
