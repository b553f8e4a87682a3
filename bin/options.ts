import { InvalidArgumentError } from 'commander';
import { formats, isFormat } from '../lib/report/index.ts';
import type { ReportCopy } from './check.ts';

/** Which configuration: an option of most commands. */
export const CONFIG = ['--config <file>', 'the configuration', 'plumbline.yaml'] as const;

/** The value of an option that can be repeated. */
export function collect(value: string, earlier: readonly string[] = []): string[] {
  if (value === '') throw new InvalidArgumentError('is empty');
  return [...earlier, value];
}

/** As `collect`, of `FORMAT=FILE`. */
export function collectCopy(value: string, earlier: readonly ReportCopy[] = []): ReportCopy[] {
  const [, format = '', file = ''] = /^(\w+)=(.+)$/s.exec(value) ?? [];
  if (!isFormat(format)) {
    throw new InvalidArgumentError(
      `write one of ${Object.keys(formats).join(', ')}, = and a file, such as html=report.html`,
    );
  }
  return [...earlier, { format, file }];
}
