import { monthHolds } from './month-holds.ts';

monthHolds({ days: 30, outages: 50, clusters: ['prod-eu', 'staging'] });
