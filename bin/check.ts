import { writeFile } from 'node:fs/promises';
import { checkNow } from '../lib/attempt.ts';
import { awsCredentials } from '../lib/aws/credentials.ts';
import { systemClock } from '../lib/clock.ts';
import { checkWithCost } from '../lib/cost/check.ts';
import { counted } from '../lib/counted.ts';
import { quote } from '../lib/config/problems.ts';
import { parseDuration } from '../lib/config/values.ts';
import { formatDuration } from '../lib/duration.ts';
import { requestsInFlight } from '../lib/in-flight.ts';
import { plan } from '../lib/plan.ts';
import { printable } from '../lib/printable.ts';
import { type Format, formats } from '../lib/report/index.ts';
import { parseSince } from '../lib/since.ts';
import { sourceMemory } from '../lib/sources/source.ts';
import type { ClusterVerdict } from '../lib/verify.ts';
import { withKnownBaselines } from './baselines.ts';
import { readConfig } from './config.ts';
import { EXIT } from './exit.ts';
import { knownMachinery } from './machinery.ts';
import { paintFor } from './paint.ts';
import { pastForPage } from './page-past.ts';
import { progress } from './progress.ts';

/** Formats that have a place for the cost. */
const TELL_COST: ReadonlySet<Format> = new Set<Format>(['text', 'json']);

export interface CheckOptions {
  readonly config: string;
  readonly cluster?: readonly string[];
  readonly signal?: readonly string[];
  readonly wait?: string;
  readonly since?: string;
  readonly format: Format;
  readonly output?: string;
  readonly also?: readonly ReportCopy[];
  /** Tells what the configuration asks and costs too. */
  readonly cost?: boolean;
  readonly toolVersion: string;
}

/** Where the report goes in which format; without a file, to standard output. */
export interface ReportCopy {
  readonly format: Format;
  readonly file: string | undefined;
}

/** Verifies once, or until all is ok, and writes the report. Returns the exit code. */
export async function check(options: CheckOptions): Promise<number> {
  const clock = systemClock;
  const { settings, problems } = settingsOf(options, clock.now());
  if (problems.length > 0) return wrong(problems);
  const config = await readConfig(options.config);
  if (!config) return EXIT.wrong;
  const planned = plan(config, {
    ...(options.cluster ? { clusters: options.cluster } : {}),
    ...(options.signal ? { signals: options.signal } : {}),
  });
  if ('problems' in planned) return wrong(planned.problems);
  const [clusters, machinery] = await Promise.all([
    withKnownBaselines(config, planned.clusters, options.cost ?? false),
    knownMachinery(config, planned.clusters),
  ]);
  const { format, output, also = [] } = options;
  const copies: readonly ReportCopy[] = [{ format, file: output }, ...also];
  if (options.cost && !copies.some((copy) => TELL_COST.has(copy.format)))
    return wrong([
      `--cost is told in ${[...TELL_COST].join(' and ')} only; write --format text, or --also json=FILE`,
    ]);
  const defects: unknown[] = [];
  const { expensive, probes } = sourceMemory();
  const line = progress(process.stderr);
  line.show(`asking about ${counted(clusters.length, 'cluster')} …`);
  const ports = {
    clock,
    deadline: Number.POSITIVE_INFINITY,
    fetch,
    limit: requestsInFlight(clock),
    credentials: awsCredentials(clock, 'cli'),
    toolVersion: options.toolVersion,
    machinery,
    onDefect: (error: unknown) => void defects.push(error),
    onCluster: ({ cluster }: ClusterVerdict, done: number, of: number) =>
      line.show(`${done} of ${of} clusters verified, last ${printable(cluster, 60)}`),
  };
  const report = options.cost
    ? await checkWithCost(clusters, {
        ...ports,
        everyMs: (name) => config.clusters.find((cluster) => cluster.name === name)?.every ?? 0,
        onCounting: () => line.show('counting what the next runs ask …'),
      })
    : await checkNow(clusters, settings, {
        ...ports,
        // What waits for something new must list it again each time.
        memory: () => ({ ...sourceMemory(), expensive, probes }),
        onAttempt: (pending, leftMs) =>
          line.show(`waiting for ${pending} signals, ${formatDuration(leftMs)} left …`),
      });
  line.clear();
  const past = copies.some((copy) => copy.format === 'html') ? await pastForPage(config, report) : {};
  let written = true;
  for (const copy of copies) {
    const paint = paintFor(copy.file === undefined ? process.stdout : undefined);
    written = (await write(await formats[copy.format](report, { paint, ...past }), copy)) && written;
  }
  for (const defect of defects) {
    process.stderr.write(`plumbline broke: ${defect instanceof Error ? defect.stack : String(defect)}\n`);
  }
  if (defects.length > 0) return EXIT.broken;
  return written ? EXIT[report.verdict] : EXIT.wrong;
}

/** `--wait` implies `--since now`: a gate must not pass on what the old collector sent. */
function settingsOf({ wait, since }: CheckOptions, now: number) {
  const waitMs = wait === undefined ? undefined : parseDuration(wait);
  const moment = since ?? (wait === undefined ? undefined : 'now');
  const from = moment === undefined ? undefined : parseSince(moment, now);
  const problems = [
    ...(wait !== undefined && waitMs === undefined
      ? [`--wait ${quote(wait)} is not a duration; write one such as 90s, 20m or 1h`]
      : []),
    ...(typeof from === 'object' ? [`--since ${quote(since ?? '')} ${from.problem}`] : []),
  ];
  const settings = {
    until: waitMs === undefined ? undefined : now + waitMs,
    since: typeof from === 'number' ? from : undefined,
  };
  return { settings, problems };
}

function wrong(problems: readonly string[]): number {
  for (const problem of problems) process.stderr.write(`plumbline: ${problem}\n`);
  return EXIT.wrong;
}

async function write(report: string, { file }: ReportCopy): Promise<boolean> {
  if (file === undefined) {
    process.stdout.write(report);
    return true;
  }
  try {
    await writeFile(file, report);
    return true;
  } catch (error) {
    process.stderr.write(
      `plumbline: cannot write ${file}: ${error instanceof Error ? error.message : String(error)}\n`,
    );
    return false;
  }
}
