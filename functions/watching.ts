/** What `verify` loads with its first invocation, beside the configuration: importing the bundle stays cheap. */
export { dueClusters } from '../lib/due.ts';
export { readVerifyEvent } from '../lib/events.ts';
export { troubleOf, watch } from '../lib/watch.ts';
export { channelsOf } from './channels.ts';
