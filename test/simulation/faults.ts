import { awsJsonError } from '../../rehearsal/aws-json.ts';
import type { AmpOptions } from '../../rehearsal/amp.ts';
import type { CloudWatchOptions } from '../../rehearsal/cloudwatch.ts';
import { json, type Outcome } from '../../rehearsal/http.ts';
import type { SimulatedClock } from './clock.ts';
import { randomOf } from '../../rehearsal/random.ts';

/** What keeps every request of one plane from being answered for the time of a run. */
export interface Trouble {
  readonly plane: 'amp' | 'cloudwatch';
  readonly how: 'throttled' | 'broken' | 'late' | 'reset' | 'silent';
}

/** How often single requests fail by themselves, and how slow they are. */
const AMP_FAILS = 0.04;
/** The SDK waits in real time before it tries again. */
const CLOUDWATCH_FAILS = 0.004;
const QUERY_FAILS = 0.0005;
/** What a single request may meet: mostly what another try mends. */
const ALONE = ['throttled', 'throttled', 'broken', 'reset', 'throttled', 'broken', 'reset', 'late'] as const;

/** What happens to requests on their way; the same for the same seed, as long as they arrive in the same order. */
export interface Faults {
  /** What goes wrong during a tick; nothing at all where it is to be calm. */
  begin(tick: number, what: { readonly trouble: Trouble | undefined; readonly isCalm: boolean }): void;
  /** Until when a run waits for its answers, by the simulated clock. */
  waitUntil(deadline: number): void;
  readonly amp: NonNullable<AmpOptions['interfere']>;
  readonly cloudWatch: NonNullable<CloudWatchOptions['interfere']>;
  readonly statusOf: NonNullable<CloudWatchOptions['statusOf']>;
  readonly requests: number;
  readonly failed: number;
}

/** Healthy noise on the network, or none. */
export function openFaults(seed: string, clock: SimulatedClock, isNoisy: boolean): Faults {
  let tick = 0;
  let trouble: Trouble | undefined;
  let isCalm = false;
  let deadline = 0;
  let count = 0;
  let requests = 0;
  let failed = 0;
  const draw = (what: string) => {
    count += 1;
    return randomOf(`${seed} ${tick} ${what} ${count}`);
  };
  /** Every request takes its time; one that is never answered takes all of it. */
  const arrive = (plane: Trouble['plane'], rate: number): Trouble['how'] | undefined => {
    requests += 1;
    const random = draw(plane);
    clock.moveTo(clock.now() + random.between(20, 300));
    if (!isNoisy || isCalm) return undefined;
    const how = trouble?.plane === plane ? trouble.how : undefined;
    const happens = how ?? (random.chance(rate) ? random.pick(ALONE) : undefined);
    if (happens === 'silent') clock.moveTo(deadline);
    if (happens) failed += 1;
    return happens;
  };
  return {
    begin: (nextTick, what) => {
      tick = nextTick;
      ({ trouble, isCalm } = what);
      count = 0;
    },
    waitUntil: (nextDeadline) => {
      deadline = nextDeadline;
    },
    amp: () => outcomes.amp(arrive('amp', AMP_FAILS)),
    cloudWatch: () => outcomes.cloudwatch(arrive('cloudwatch', CLOUDWATCH_FAILS)),
    statusOf: () => {
      const random = draw('query');
      if (!isNoisy || isCalm || !random.chance(QUERY_FAILS)) return undefined;
      return random.pick(['InternalError', 'PartialData'] as const);
    },
    get requests() {
      return requests;
    },
    get failed() {
      return failed;
    },
  };
}

const outcomes: Readonly<Record<Trouble['plane'], (how: Trouble['how'] | undefined) => Outcome | undefined>> =
  {
    amp: (how) => {
      if (how === 'throttled') return json(429, '{"message":"Rate exceeded"}', 'ThrottlingException');
      if (how === 'broken') return json(503, '{"message":"unavailable"}', 'InternalServerException');
      if (how === 'late')
        return json(503, '{"status":"error","errorType":"timeout","error":"query timed out"}');
      return how === 'silent' ? 'hang' : how;
    },
    cloudwatch: (how) => {
      if (how === 'throttled') return awsJsonError(400, 'ThrottlingException', 'Rate exceeded');
      if (how === 'broken' || how === 'late') return awsJsonError(500, 'InternalServiceFault', 'try again');
      return how === 'silent' ? 'hang' : how;
    },
  };
