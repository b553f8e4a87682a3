import { Logger } from '@aws-lambda-powertools/logger';
import type { LogLine } from '../lib/watch.ts';

export interface Log {
  /** Every line from here on names the invocation. */
  readonly begin: (requestId: string) => void;
  readonly write: (line: LogLine) => void;
}

/** The function's log: JSON lines on standard output, one per verdict. */
export function openLog(): Log {
  const logger = new Logger({ serviceName: 'plumbline' });
  return {
    begin: (requestId) => logger.appendKeys({ requestId }),
    write: (line) => {
      if (line.what === 'defect') {
        const { error } = line;
        logger.error('plumbline broke', error instanceof Error ? error : new Error(String(error)));
      } else if (line.what === 'undelivered') {
        const { what: _what, ...why } = line;
        logger.error('a message was not delivered', why);
      } else {
        const { evidence, findings, unavailable, ...judged } = line.signal;
        const { cluster } = line;
        if (judged.verdict === 'ok') logger.info('ok', { cluster, ...judged, series: evidence.series });
        else logger.warn(judged.verdict, { cluster, ...judged, findings, unavailable, evidence });
      }
    },
  };
}
