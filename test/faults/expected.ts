import type { Reason } from '../../lib/evidence.ts';
import { type Fault, faults } from '../../rehearsal/faults.ts';
import type { Backend } from './backends.ts';
import type { Service } from './estates.ts';

export const faultNames = Object.keys(faults) as Fault[];

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

/** What people and the log are told while something else than a plane is broken. */
export interface Told {
  /** One of these stands in the log; where there are none, nothing need be said: nothing is the matter. */
  readonly says: readonly string[];
  /**
   * Whether each channel hears each turn just once, may hear again what was in doubt, or whether whatever answers in place
   * of this receiver takes the message for good.
   */
  readonly heard: 'once' | 'again' | 'taken';
}

type Row = Readonly<Record<Fault, Told>>;

interface Exceptions {
  readonly says?: Partial<Seen | Record<Fault, readonly string[]>>;
  readonly again?: readonly Fault[];
  readonly taken?: readonly Fault[];
}

/** As a plane says it, but for the exceptions. */
function row({ says = {}, again = [], taken = [] }: Exceptions): Row {
  const words: Readonly<Record<Fault, readonly string[]>> = { ...asIs, ...says };
  const heardOf = (fault: Fault): Told['heard'] => {
    if (taken.includes(fault)) return 'taken';
    return again.includes(fault) ? 'again' : 'once';
  };
  const cells = faultNames.map((fault) => [fault, { says: words[fault], heard: heardOf(fault) }] as const);
  return Object.fromEntries(cells) as Record<Fault, Told>;
}

/** With 200, but not what the API answers. */
const OTHERS = ['page', 'other JSON', 'JSON null', 'JSON list', 'empty object', 'empty 200'] as const;
const CLOCKS = ['clock ahead', 'clock behind'] as const;
const CONFLICTS = ['made-up conflict', 'conflict of a transaction', 'canceled transaction'] as const;
/** What a receiver did although nobody learnt of it. */
const DONE_ALL_THE_SAME = ['cut', 'drip'] as const;

function each(which: readonly Fault[], says: readonly string[]): Partial<Record<Fault, readonly string[]>> {
  return Object.fromEntries(which.map((fault) => [fault, says]));
}

const secret: Row = row({
  says: {
    ...each(OTHERS, ['invalid-response', 'what answers for']),
    ...each(CLOCKS, []),
    redirect: ['unresolved'],
  },
});
/** Receivers of JSON have no words of AWS, and take no notice of the time. */
const postedTo: Exceptions['says'] = {
  ...each(OTHERS, ['not in the words of the receiver']),
  ...each(CLOCKS, []),
  ...each(CONFLICTS, ['rejected']),
  cut: ['unreachable', 'rejected'],
  huge: ['rejected'],
  drip: ['timeout', 'rejected'],
  redirect: ['rejected'],
};

/** Of everything else that the functions speak to, what each way to break it comes to. */
export const told: Readonly<Record<Backend, Row>> = {
  PROMETHEUS: row({ says: each(CLOCKS, []) }),
  S3: row({ says: { ...each(OTHERS, ['not S3']), ...each(CLOCKS, []), huge: ['not S3', 'too-expensive'] } }),
  SQS: row({
    says: { ...each(OTHERS, ['does not tell of it', 'invalid-response']), ...each(CLOCKS, []) },
    again: DONE_ALL_THE_SAME,
  }),
  DYNAMODB: row({
    says: {
      ...each(OTHERS, ['unreachable']),
      ...each(CONFLICTS, ['unreachable', 'throttled']),
      ...each(CLOCKS, ['denied']),
      huge: ['unreachable'],
      redirect: ['unreachable', 'rejected'],
    },
    again: DONE_ALL_THE_SAME,
  }),
  SSM: secret,
  SECRETS_MANAGER: secret,
  SNS: row({
    says: {
      ...each(OTHERS, ['unreachable']),
      ...each(CLOCKS, []),
      ...each(CONFLICTS, ['rejected']),
      huge: ['unreachable'],
    },
    again: DONE_ALL_THE_SAME,
  }),
  SLACK: row({ says: postedTo, again: DONE_ALL_THE_SAME }),
  // Half of its answer says already that the event was taken.
  PAGERDUTY: row({ says: { ...postedTo, cut: [] }, again: DONE_ALL_THE_SAME }),
  // Any 2xx is a receipt, as Standard Webhooks has it.
  WEBHOOK: row({
    says: { ...postedTo, ...each([...OTHERS, 'drip', 'huge'], []) },
    taken: [...OTHERS, 'huge'],
    again: DONE_ALL_THE_SAME,
  }),
  HEARTBEAT: row({
    says: {
      ...each(faultNames, ['the heartbeat was not taken']),
      ...each([...OTHERS, ...CLOCKS, 'latency', 'cut', 'drip', 'huge'], []),
    },
  }),
};
