/**
 * Runs a fleet's messages through the built `verify`, so many at a time in one warm process, as containers would, and
 * prints what that took as JSON: `node fleet-containers.ts BUNDLE CLUSTERS AT_ONCE`.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

const [bundle = '', clusters = '0', atOnce = '1'] = process.argv.slice(2);
setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc') as () => void;
const { handler } = (await import(bundle)) as {
  handler: (event: unknown, context: object) => Promise<{ clusters: readonly { verdict: string }[] }>;
};
// What a function writes is its log and its metrics: written, and not read here.
process.stdout.write = () => true;

const verdicts: Record<string, number> = {};
const run = async (index: number): Promise<void> => {
  const scheduledAt = new Date(Math.floor(Date.now() / 300_000) * 300_000).toISOString();
  const body = JSON.stringify({ clusters: [`cluster-${index}`], scheduledAt });
  const endsAt = Date.now() + 60_000;
  const { clusters: judged } = await handler(
    { Records: [{ eventSource: 'aws:sqs', messageId: String(index), body }] },
    { awsRequestId: `run-${index}`, getRemainingTimeInMillis: () => endsAt - Date.now() },
  );
  for (const { verdict } of judged) verdicts[verdict] = (verdicts[verdict] ?? 0) + 1;
};

const heap = (): number => {
  gc();
  return process.memoryUsage().heapUsed / 1e6;
};

/** The first one pays for the start of the container. */
await run(0);
const all = Number(clusters);
const figures: number[] = [];
const started = performance.now();
const before = process.cpuUsage();
let next = 0;
let pausedMs = 0;
await Promise.all(
  Array.from({ length: Number(atOnce) }, async () => {
    while (next < all) {
      const index = next;
      next += 1;
      await run(index);
      if (index % (all / 4) !== 0) continue;
      const pause = performance.now();
      figures.push(heap());
      pausedMs += performance.now() - pause;
    }
  }),
);
const { user, system } = process.cpuUsage(before);
process.stderr.write(
  JSON.stringify({
    elapsedMs: performance.now() - started - pausedMs,
    cpuMs: (user + system) / 1000 - pausedMs,
    heapMb: figures,
    rssMb: process.resourceUsage().maxRSS / 1024,
    verdicts,
  }),
);
process.exit();
