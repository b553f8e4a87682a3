import { systemClock } from '../lib/clock.ts';
import { compared, identitiesOf } from '../lib/init/compare.ts';
import { comparisonJson, comparisonText } from '../lib/init/comparison-report.ts';
import { look } from '../lib/init/look.ts';
import { readConfig } from './config.ts';
import { EXIT } from './exit.ts';
import { lookingPorts } from './looking.ts';
import { progress } from './progress.ts';

export interface CompareOptions {
  readonly config: string;
  readonly format: 'text' | 'json';
}

/**
 * Tells what sends telemetry and is not watched, and what is watched and no longer there. Returns the exit code: 1 where
 * there is something, 3 where there is nothing but not everything could be seen.
 */
export async function compare({ config: file, format }: CompareOptions): Promise<number> {
  const config = await readConfig(file);
  if (!config) return EXIT.wrong;
  const identities = identitiesOf(config);
  if (identities.length === 0) {
    process.stderr.write(
      `plumbline: no signal of ${file} is in an AWS account; there is nothing to compare\n`,
    );
    return EXIT.wrong;
  }
  const line = progress(process.stderr);
  const ports = lookingPorts(line.show);
  const seen = await Promise.all(identities.map((identity) => look(identity, ports)));
  const comparison = await compared(config, seen);
  line.clear();
  const text = format === 'json' ? comparisonJson(comparison, systemClock.now()) : comparisonText(comparison);
  process.stdout.write(text);
  if (comparison.unwatched.length + comparison.gone.length > 0) return EXIT.failing;
  return comparison.unseen.length > 0 ? EXIT.unknown : EXIT.ok;
}
