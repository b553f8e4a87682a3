import { writeFile } from 'node:fs/promises';
import pLimit from 'p-limit';
import { awsCredentials } from '../lib/aws/credentials.ts';
import { systemClock } from '../lib/clock.ts';
import { plan } from '../lib/plan.ts';
import { printable } from '../lib/printable.ts';
import { type Format, formats } from '../lib/report/index.ts';
import { run } from '../lib/run.ts';
import { sourceMemory } from '../lib/sources/source.ts';
import { readConfig } from './config.ts';
import { EXIT } from './exit.ts';
import { paintFor } from './paint.ts';
import { progress } from './progress.ts';

const LONGEST_CHECK_MS = 30_000;
const REQUESTS_IN_FLIGHT = 16;

export interface CheckOptions {
  readonly config: string;
  readonly cluster?: readonly string[];
  readonly signal?: readonly string[];
  readonly format: Format;
  readonly output?: string;
  readonly toolVersion: string;
}

/** Verifies once and writes the report. Returns the exit code. */
export async function check(options: CheckOptions): Promise<number> {
  const { clock, deadline } = { clock: systemClock, deadline: systemClock.now() + LONGEST_CHECK_MS };
  const config = await readConfig(options.config);
  if (!config) return EXIT.wrong;
  const planned = plan(config, {
    ...(options.cluster ? { clusters: options.cluster } : {}),
    ...(options.signal ? { signals: options.signal } : {}),
  });
  if ('problems' in planned) {
    for (const problem of planned.problems) process.stderr.write(`plumbline: ${problem}\n`);
    return EXIT.wrong;
  }
  const defects: unknown[] = [];
  const line = progress(process.stderr);
  line.show(`asking about ${planned.clusters.length} clusters …`);
  const report = await run(planned.clusters, {
    clock,
    deadline,
    fetch,
    limit: pLimit(REQUESTS_IN_FLIGHT),
    credentials: awsCredentials(clock),
    memory: sourceMemory(),
    toolVersion: options.toolVersion,
    onDefect: (error) => defects.push(error),
    onCluster: ({ cluster }, done, of) =>
      line.show(`${done} of ${of} clusters verified, last ${printable(cluster, 60)}`),
  });
  line.clear();
  const written = await write(
    formats[options.format](report, paintFor(options.output ? undefined : process.stdout)),
    options,
  );
  for (const defect of defects) {
    process.stderr.write(`plumbline broke: ${defect instanceof Error ? defect.stack : String(defect)}\n`);
  }
  if (defects.length > 0) return EXIT.broken;
  return written ? EXIT[report.verdict] : EXIT.wrong;
}

async function write(report: string, { output }: CheckOptions): Promise<boolean> {
  if (output === undefined) {
    process.stdout.write(report);
    return true;
  }
  try {
    await writeFile(output, report);
    return true;
  } catch (error) {
    process.stderr.write(
      `plumbline: cannot write ${output}: ${error instanceof Error ? error.message : String(error)}\n`,
    );
    return false;
  }
}
