import { expect, onTestFinished, vi } from 'vitest';
import { systemClock } from '../../lib/clock.ts';
import { openNotifiers } from '../../lib/notifiers/index.ts';
import type { PlannedCluster } from '../../lib/plan.ts';
import { referenceResolver } from '../../lib/references.ts';
import { sourceMemory } from '../../lib/sources/source.ts';
import { dynamoStore } from '../../lib/stores/dynamodb.ts';
import type { LogLine } from '../../lib/trouble.ts';
import { watch, type WatchPorts } from '../../lib/watch.ts';
import { startAlertReceivers } from '../../rehearsal/alerts.ts';
import { startDynamoDB } from '../../rehearsal/dynamodb.ts';
import { type FaultProxy, startFaultProxy } from '../../rehearsal/fault-proxy.ts';
import type { Fault } from '../../rehearsal/faults.ts';
import { serve, vector } from '../support/http.ts';
import { testPorts } from '../support/ports.ts';
import { signal } from '../support/world.ts';
import { regionsFor } from './planes.ts';

/** What stands between a verdict and people. */
export const tellers = ['DYNAMODB', 'SNS', 'SSM', 'SLACK'] as const;
export type Teller = (typeof tellers)[number];

/** One of them breaks in one way during the first run, from one of its requests on. */
export interface Cell {
  readonly service: Teller;
  readonly fault: Fault;
  readonly after?: number;
}

const MINUTE_MS = 60_000;
const MANY = 1e9;
const CREDENTIALS = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'a-secret-of-the-test' };
const TABLE = 'plumbline-state';

/** What a channel answers with has no time that matters. */
const HARMLESS = new Set<Fault>(['latency', 'clock ahead', 'clock behind']);
/** What a receiver did although nobody learnt of it is done again: at least once, told with the same id. */
const DONE_ALL_THE_SAME = new Set<Fault>(['cut', 'drip']);
/** Nobody can tell that from DynamoDB's own answer to a write, nor from an item that is not there. */
const LIKE_DONE = new Set<Fault>([
  'other JSON',
  'JSON null',
  'JSON list',
  'empty object',
  'empty 200',
  'page',
]);

/**
 * In as many accounts a signal fails while what tells of it is broken, in one run; two more runs come when it is mended,
 * then the signal is well again. Expects that every channel was told of the opening and of the end, once, and nobody of
 * the other cluster.
 */
export async function breakTelling(cells: readonly Cell[]): Promise<void> {
  const proxies = {
    DYNAMODB: await startFaultProxy(),
    SNS: await startFaultProxy(),
    SSM: await startFaultProxy(),
  };
  for (const [name, proxy] of Object.entries(proxies)) {
    vi.stubEnv(`AWS_ENDPOINT_URL_${name}`, proxy.url);
    onTestFinished(() => proxy.close());
  }
  onTestFinished(() => void vi.unstubAllEnvs());
  const silent = new Set<string>();
  const prometheus = await serve(({ path }, response) => {
    response.end(vector(silent.has(path.split('/')[1] ?? '') ? [] : [[{}, '3']]));
  });
  const problems = await Promise.all(
    regionsFor(cells.length).map(async (region, index) => {
      const cell = cells[index];
      if (!cell) return [];
      const account = await startTelling(region, { prometheus: prometheus.url, silent, proxies });
      const told = await account.live(cell);
      return told.map((problem) => `${cell.service} ${cell.fault} after ${cell.after ?? 0}: ${problem}`);
    }),
  );
  expect(problems.flat()).toEqual([]);
}

interface World {
  readonly prometheus: string;
  readonly silent: Set<string>;
  readonly proxies: Readonly<Record<Exclude<Teller, 'SLACK'>, FaultProxy>>;
}

async function startTelling(region: string, { prometheus, silent, proxies }: World) {
  let offMs = 0;
  const clock = { ...systemClock, now: () => systemClock.now() + offMs };
  const common = { clock, region, credentials: [CREDENTIALS] };
  const table = await startDynamoDB({ ...common, table: TABLE });
  const receivers = await startAlertReceivers(common);
  const slack = await startFaultProxy();
  const { AWS_ENDPOINT_URL_SNS: sns = '', AWS_ENDPOINT_URL_SSM: ssm = '' } = receivers.environment;
  proxies.DYNAMODB.targets.set(region, table.url);
  proxies.SNS.targets.set(region, sns);
  proxies.SSM.targets.set(region, ssm);
  onTestFinished(async () => {
    await Promise.all([table, receivers, slack].map((one) => one.close()));
  });
  const clusters = ['a', 'b'].map((name): PlannedCluster => ({
    name: `${region}-${name}`,
    region,
    signals: [{ judged: true, signal: signal({ address: `${prometheus}/${region}-${name}` }) }],
  }));
  const log: LogLine[] = [];
  const credentials = () => async () => CREDENTIALS;
  const resolve = referenceResolver({ clock, env: {}, region, credentials });
  const ports = (): WatchPorts => ({
    ...testPorts({ clock, credentials, memory: sourceMemory() }),
    deadline: clock.now() + 10_000,
    toolVersion: 'test',
    alerts: { failAfter: 1, recoverAfter: 1, blindAfter: 3, remindEvery: 240 * MINUTE_MS, mutes: [] },
    notifiers: openNotifiers([
      { sns: `arn:aws:sns:${region}:111122223333:alerts` },
      { slack: 'ssm:/plumbline/slack-webhook' },
    ]),
    store: dynamoStore(TABLE, { clock, region, credentials }),
    watched: clusters,
    sending: {
      clock,
      fetch,
      deadline: clock.now() + 20_000,
      credentials,
      resolve: async (reference, signal) => {
        const resolution = await resolve(reference, signal);
        if (!('value' in resolution) || !resolution.value.startsWith('http')) return resolution;
        const { origin, pathname } = new URL(resolution.value);
        slack.targets.set('', origin);
        return { value: `${slack.url}${pathname}` };
      },
    },
    log: (line) => log.push(line),
    stage: 'live',
    emit: () => {},
  });
  const tick = async (): Promise<void> => {
    await watch(clusters, { id: `run at ${offMs}`, at: clock.now(), isConfirmation: false }, ports());
    offMs += 5 * MINUTE_MS;
  };
  const texts = () => ({
    sns: receivers.published.map(({ subject }) => subject),
    slack: receivers.posted.map((post) => String((post as { readonly text?: unknown }).text)),
  });

  return {
    live: async (cell: Cell): Promise<string[]> => {
      const broken = cell.service === 'SLACK' ? slack.broken : proxies[cell.service].broken;
      const place = cell.service === 'SLACK' ? '' : region;
      silent.add(`${region}-a`);
      const trouble = { fault: cell.fault, after: cell.after ?? 0, left: MANY };
      broken.set(place, trouble);
      await tick();
      broken.delete(place);
      const firstLog = log.splice(0);
      for (let time = 0; time < 2; time += 1) await tick();
      silent.delete(`${region}-a`);
      for (let time = 0; time < 2; time += 1) await tick();
      const told = texts();
      return [
        ...problemsOf('sns', told.sns, cell),
        ...problemsOf('slack', told.slack, cell),
        ...(mustBeSaid(cell) && trouble.left < MANY && !firstLog.some(({ what }) => TROUBLES.has(what))
          ? ['the first run said nothing of it']
          : []),
      ];
    },
  };
}

const TROUBLES: ReadonlySet<LogLine['what']> = new Set(['forgetful', 'undelivered', 'mutes', 'overtaken']);

function mustBeSaid({ service, fault }: Cell): boolean {
  return !HARMLESS.has(fault) && !(service === 'DYNAMODB' && LIKE_DONE.has(fault));
}

/** A channel must be told of each turn: once, or again where what it did could not be known or be recorded. */
function problemsOf(channel: string, titles: readonly string[], cell: Cell): string[] {
  const isDoubtful = DONE_ALL_THE_SAME.has(cell.fault) || cell.service === 'DYNAMODB';
  const others = titles.filter((title) => title.includes('-b:'));
  const turns = ['failing', 'recovered'].flatMap((turn) => {
    const count = titles.filter((title) => title.includes(turn)).length;
    const most = isDoubtful && turn === 'failing' ? 3 : 1;
    return count >= 1 && count <= most ? [] : [`${channel} was told ${count} times of ${turn}`];
  });
  return [...turns, ...others.map((title) => `${channel} was told: ${title}`)];
}
