import { userInfo } from 'node:os';
import pLimit from 'p-limit';
import { awsCredentials } from '../lib/aws/credentials.ts';
import { type BaselineWording, chosenFor, chosenSignals } from '../lib/baseline/chosen.ts';
import { acceptSeen, type Decided, resetBaselines } from '../lib/baseline/decided.ts';
import { shownBaselines, shownJson } from '../lib/baseline/shown.ts';
import { shownText } from '../lib/baseline/shown-text.ts';
import { systemClock } from '../lib/clock.ts';
import type { PlannedCluster } from '../lib/plan.ts';
import { printable } from '../lib/printable.ts';
import { json } from '../lib/report/json.ts';
import { sourceMemory } from '../lib/sources/source.ts';
import type { Store } from '../lib/stores/store.ts';
import { readConfig } from './config.ts';
import { EXIT } from './exit.ts';
import { withStore } from './store.ts';

const REQUESTS_IN_FLIGHT = 16;
const LONGEST_MS = 30_000;

export interface BaselineOptions {
  readonly config: string;
  readonly cluster?: readonly string[];
  readonly signal?: readonly string[];
}

export interface BaselineShowOptions extends BaselineOptions {
  readonly format: 'text' | 'json';
}

export interface BaselineDecideOptions extends BaselineOptions {
  readonly all?: boolean;
  readonly by?: string;
  readonly reason: string;
}

const WORDING: BaselineWording = {
  clusters: '--cluster NAME',
  signals: '--signal NAME',
  all: '--all',
  by: '--by',
  reason: '--reason',
};

/** Prints what is usual of the signals. Returns the exit code. */
export async function baselineShow({ cluster = [], signal = [], ...options }: BaselineShowOptions) {
  const config = await readConfig(options.config);
  if (!config) return EXIT.wrong;
  const chosen = chosenSignals(config, { clusters: cluster, signals: signal });
  if ('problems' in chosen) return wrong(chosen.problems);
  return withStore(config, async (store) => {
    const now = systemClock.now();
    const shown = await Promise.all(chosen.clusters.map((one) => shownBaselines(one, store, now)));
    process.stdout.write(options.format === 'json' ? json(shownJson(shown.flat())) : shownText(shown.flat()));
    return shown.flat().some(({ problem }) => problem !== null) ? EXIT.broken : EXIT.ok;
  });
}

/** Looks now, and makes what is seen usual. Returns the exit code. */
export function baselineAccept(options: BaselineDecideOptions): Promise<number> {
  return decide(options, 'what is there now is usual', (cluster, decider, store) => {
    const clock = systemClock;
    return acceptSeen(cluster, decider, {
      clock,
      store,
      fetch,
      deadline: clock.now() + LONGEST_MS,
      limit: pLimit(REQUESTS_IN_FLIGHT),
      credentials: awsCredentials(clock, 'cli'),
      memory: sourceMemory(),
      onDefect: (error) => {
        throw error;
      },
    });
  });
}

/** Begins anew to learn what is usual. Returns the exit code. */
export function baselineReset(options: BaselineDecideOptions): Promise<number> {
  return decide(options, 'learning begins anew', (cluster, decider, store) =>
    resetBaselines(cluster, decider, { clock: systemClock, store }),
  );
}

type Deciding = (
  cluster: PlannedCluster,
  decider: { readonly by: string; readonly why: string },
  store: Store,
) => Promise<readonly Decided[]>;

async function decide(
  { cluster = [], signal = [], all = false, by = whoever(), ...options }: BaselineDecideOptions,
  done: string,
  deciding: Deciding,
): Promise<number> {
  const config = await readConfig(options.config);
  if (!config) return EXIT.wrong;
  const { reason } = options;
  const chosen = chosenFor({ clusters: cluster, signals: signal, all, by, reason }, config, WORDING);
  if ('problems' in chosen) return wrong(chosen.problems);
  return withStore(config, async (store) => {
    const decided = await Promise.all(
      chosen.clusters.map((one) => deciding(one, { by, why: reason }, store)),
    );
    for (const { cluster: name, signal: of, problem } of decided.flat()) {
      const title = `${printable(name, 60)} ${printable(of, 60)}`;
      if (problem === null) process.stdout.write(`${title}: ${done}\n`);
      else process.stderr.write(`plumbline: ${title}: ${printable(problem, 600)}\n`);
    }
    return decided.flat().some(({ problem }) => problem !== null) ? EXIT.unknown : EXIT.ok;
  });
}

/** A user without an entry in the system's list has no name. */
function whoever(): string {
  try {
    return userInfo().username;
  } catch {
    return '';
  }
}

function wrong(problems: readonly string[]): number {
  for (const problem of problems) process.stderr.write(`plumbline: ${problem}\n`);
  return EXIT.wrong;
}
