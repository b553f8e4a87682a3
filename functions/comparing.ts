/** What `compare` loads with its first invocation, beside the configuration: importing the bundle stays cheap. */
export { compared, identitiesOf } from '../lib/init/compare.ts';
export { look } from '../lib/init/look.ts';
export { tellDifferences } from '../lib/init/tell.ts';
export { channelsOf } from './channels.ts';
export { stateOf } from './state.ts';
