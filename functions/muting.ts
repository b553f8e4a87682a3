/** What `mute` loads with its first invocation, beside the configuration: importing the bundle stays cheap. */
export { EVENT_WORDING, readMuteEvent } from '../lib/mutes/event.ts';
export { listMutes } from '../lib/mutes/list.ts';
export { newMute } from '../lib/mutes/request.ts';
export { stateOf } from './state.ts';
