import type { functionNames } from '../tools/bundle.ts';

export type FunctionName = (typeof functionNames)[number];

/** What each function is asked first; `dispatch` another tick each time. */
export const EVENTS: Readonly<Record<FunctionName, (tick: string) => unknown>> = {
  dispatch: (scheduledAt) => ({ scheduledAt }),
  verify: () => ({}),
  check: () => ({}),
  mute: () => ({ list: {} }),
  widget: () => ({}),
  baseline: () => ({ show: {} }),
  compare: () => ({}),
};

/** What shows that it did what it was asked. */
export const DONE: Readonly<Record<FunctionName, RegExp>> = {
  dispatch: /"sent":1,"unsent":0,.*"forgotten":0,"defects":0/,
  verify: /"verdict":"ok".*"forgotten":0/,
  check: /"verdict":"ok"/,
  mute: /"mutes":\[\]/,
  widget: /bench/,
  baseline: /"baselines":\[\{"cluster":"bench"/,
  compare: /"unseen":0/,
};
