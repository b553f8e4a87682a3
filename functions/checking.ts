/** What `check` loads with its first invocation, beside the configuration: importing the bundle stays cheap. */
export { withinBytes } from '../lib/answer.ts';
export { checkNow, settingsWithin } from '../lib/attempt.ts';
export { readCheckEvent } from '../lib/events.ts';
export { plan } from '../lib/plan.ts';
export { sourceMemory } from '../lib/sources/source.ts';
export { lookUpBaselines } from '../lib/baseline/look-up.ts';
export { stateIn } from './state.ts';
