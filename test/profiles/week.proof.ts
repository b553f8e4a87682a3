import { weekHolds } from './week-holds.ts';

/** From noon to noon: at night nobody would miss the traces of what is not used then. */
weekHolds({ hours: 7 * 24, firstHour: 12 });
