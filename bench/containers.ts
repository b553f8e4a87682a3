/**
 * Containers of a function, as many at a time as asked for in one warm process: `containers.ts BUNDLE AT_ONCE`, started
 * with a channel to its parent. It invokes the function with each `{ event }`; `{ until }` asks what so many invocations took,
 * counted from the first event after the last answer.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import pLimit from 'p-limit';

export type Asked = { readonly event: unknown } | { readonly until: number };

/** What invocations took. */
export interface Taken {
  readonly elapsedMs: number;
  readonly cpuMs: number;
  /** After them, garbage collected. */
  readonly heapMb: number;
  /** The most so far. */
  readonly rssMb: number;
  readonly returned: readonly unknown[];
  readonly errors: readonly string[];
}

const [bundle = '', atOnce = '1'] = process.argv.slice(2);
setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc') as () => void;
const { handler } = (await import(bundle)) as {
  handler: (event: unknown, context: object) => Promise<unknown>;
};
// What a function writes is its log and its metrics: written, and not read here.
process.stdout.write = () => true;

const limit = pLimit(Number(atOnce));
let invocations = 0;
let started: { readonly at: number; readonly cpu: NodeJS.CpuUsage } | undefined;
let returned: unknown[] = [];
let errors: string[] = [];
let until = Infinity;

async function invoke(event: unknown): Promise<void> {
  invocations += 1;
  const endsAt = Date.now() + 60_000;
  const context = {
    awsRequestId: `invocation-${invocations}`,
    getRemainingTimeInMillis: () => endsAt - Date.now(),
  };
  await handler(event, context).then(
    (result) => void returned.push(result),
    (error: unknown) => void errors.push(String(error)),
  );
}

function tellWhenDone(): void {
  if (!started || returned.length + errors.length < until) return;
  const { user, system } = process.cpuUsage(started.cpu);
  const elapsedMs = performance.now() - started.at;
  gc();
  const taken: Taken = {
    elapsedMs,
    cpuMs: (user + system) / 1000,
    heapMb: process.memoryUsage().heapUsed / 1e6,
    rssMb: process.resourceUsage().maxRSS / 1024,
    returned,
    errors,
  };
  [started, returned, errors, until] = [undefined, [], [], Infinity];
  process.send?.(taken);
}

process.on('message', (asked: Asked) => {
  if ('until' in asked) {
    until = asked.until;
    tellWhenDone();
    return;
  }
  started ??= { at: performance.now(), cpu: process.cpuUsage() };
  void limit(() => invoke(asked.event)).then(tellWhenDone);
});
process.on('disconnect', () => process.exit());
