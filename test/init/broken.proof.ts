import { allBreaks, writesWhatIsWell } from './broken.ts';

writesWhatIsWell(allBreaks());
