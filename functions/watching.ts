/** What `verify` loads with its first invocation, beside the configuration: importing the bundle stays cheap. */
export { dueSignals } from '../lib/dispatch/slots.ts';
export { dueClusters, hasLeft } from '../lib/due.ts';
export { readVerifyEvent } from '../lib/events.ts';
export { runOf } from '../lib/incidents/facts.ts';
export { watch } from '../lib/watch.ts';
export { together, troubleOf } from '../lib/watched.ts';
export { channelsOf } from './channels.ts';
export { confirmations } from './confirmations.ts';
export { stateOf } from './state.ts';
