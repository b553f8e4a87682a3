/** Loaded with the first invocation: zod builds the schemas when they are imported. */
export { loadBuilt } from '../lib/config/load.ts';
export { formatProblem } from '../lib/config/problems.ts';
