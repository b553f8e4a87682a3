/** What `widget` loads with its first invocation, beside the configuration: importing the bundle stays cheap. */
export { unknownNames } from '../lib/plan.ts';
export { drawCluster } from '../lib/widget/cluster.ts';
export { DOCUMENTATION } from '../lib/widget/documentation.ts';
export { readWidgetEvent } from '../lib/widget/event.ts';
export { lookAt, watchedClusters } from '../lib/widget/look.ts';
export { drawEstate, MOST_ROWS } from '../lib/widget/matrix.ts';
export { trouble } from '../lib/widget/parts.ts';
export { stateOf } from './state.ts';
