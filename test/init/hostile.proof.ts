import { readsTheSame } from './hostile-names.ts';

readsTheSame(1000);
