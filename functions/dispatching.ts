/** What `dispatch` loads with its first invocation, beside the configuration: importing the bundle stays cheap. */
export { counted } from '../lib/counted.ts';
export { dispatch } from '../lib/dispatch/dispatch.ts';
export { scheduled } from '../lib/due.ts';
export { readTickEvent } from '../lib/events.ts';
export { beat } from '../lib/heartbeat.ts';
export { troubleOf } from '../lib/watched.ts';
export { channelsOf } from './channels.ts';
export { keepGoodConfig } from './kept-config.ts';
export { openQueue } from './queue.ts';
export { stateOf } from './state.ts';
