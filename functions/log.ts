import { Logger } from '@aws-lambda-powertools/logger';
import type { LogLine } from '../lib/trouble.ts';

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
    write: (line) => write(logger, line),
  };
}

function write(logger: Logger, line: LogLine): void {
  const { what, ...about } = line;
  switch (line.what) {
    case 'verdict': {
      const { cluster } = line;
      const { evidence, findings, unavailable, ...judged } = line.signal;
      if (judged.verdict === 'ok') logger.info('ok', { cluster, ...judged, series: evidence.series });
      else logger.warn(judged.verdict, { cluster, ...judged, findings, unavailable, evidence });
      return;
    }
    case 'compared':
      return logger.info('compared what is watched with what there is', about);
    case 'told':
      return logger.info(what, about);
    case 'held':
      return logger.info('held back', about);
    case 'mutes':
      return logger.error('the mutes could not be read; nothing is held back', {
        detail: line.error.message,
      });
    case 'repeated':
      return logger.info('this run, or a later one, was counted already', about);
    case 'overtaken':
      return logger.info('another run was first', about);
    case 'left':
      return logger.info('what left the configuration is not verified any more', about);
    case 'unsent':
      return logger.error('the queue did not take a run', about);
    case 'itself':
      return logger.error('plumbline itself', about);
    case 'heartbeat':
      return logger.error('the heartbeat was not taken', about);
    case 'unconfirmed':
      return logger.error('a second look could not be asked for', about);
    case 'undelivered':
      return logger.error('a message was not delivered', about);
    case 'forgetful': {
      const { cluster, error } = line;
      const { trouble, message: detail } = error;
      return logger.error('the memory could not be used', { cluster, trouble, detail });
    }
    case 'defect': {
      const { error } = line;
      return logger.error('plumbline broke', error instanceof Error ? error : new Error(String(error)));
    }
  }
}
