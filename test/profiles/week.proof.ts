import { weekHolds } from './week-holds.ts';

weekHolds({ hours: 7 * 24 });
