import { duration } from '../config/values.ts';

/** The newest sample of every group may be at most this old. */
export const freshSettings = duration;
