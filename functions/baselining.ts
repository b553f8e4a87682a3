/** What `baseline` loads with its first invocation, beside the configuration: importing the bundle stays cheap. */
export { chosenFor, chosenSignals } from '../lib/baseline/chosen.ts';
export { acceptSeen, resetBaselines } from '../lib/baseline/decided.ts';
export { EVENT_WORDING, readBaselineEvent } from '../lib/baseline/event.ts';
export { shownBaselines, shownJson } from '../lib/baseline/shown.ts';
export { stateOf } from './state.ts';
