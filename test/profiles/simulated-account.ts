import { onTestFinished, vi } from 'vitest';
import { loadConfig } from '../../lib/config/load.ts';
import { type PlannedCluster, plan } from '../../lib/plan.ts';
import { readProfiles } from '../../lib/profiles/read.ts';
import { sourceMemory } from '../../lib/sources/source.ts';
import { type SignalVerdict, verifyCluster } from '../../lib/verify.ts';
import { CREDENTIALS, openAccount } from '../../rehearsal/account.ts';
import type { World } from '../../rehearsal/world.ts';
import { fakeClock, testPorts } from '../support/ports.ts';

export const NOON = Date.parse('2026-11-20T12:00:00Z');
export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
/** Since when every pipeline has been well. */
export const SINCE = NOON - 72 * HOUR;
/** When what breaks does: long enough before noon that nothing is owed to lists that lag. */
export const BREAK = NOON - 25 * MINUTE;

const shipped = await readProfiles(new URL('../../profiles/', import.meta.url));
export const shippedProfiles = [...shipped.keys()];

/** The signals of a profile, by the loader that users have: with the examples of its parameters where `with` has none. */
export async function profileSignals(name: string, given: Readonly<Record<string, unknown>>, more = '') {
  const parameters = Object.entries(shipped.get(name)?.parameters ?? {});
  const examples = parameters.flatMap(([key, one]) =>
    one.default === undefined && one.optional !== true ? [[key, one.example] as const] : [],
  );
  const filled = JSON.stringify({ ...Object.fromEntries(examples), ...given });
  const text = `version: 1\nclusters:\n  - name: prod-eu\n    region: eu-west-1\n    profile: ${name}\n    with: ${filled}\n${more}`;
  const loaded = await loadConfig(text, { file: name, env: {}, profiles: async () => shipped });
  if (!('config' in loaded)) throw new Error(JSON.stringify(loaded.problems));
  const planned = plan(loaded.config, {});
  if (!('clusters' in planned) || !planned.clusters[0]) throw new Error(`${name} has no signals`);
  return planned.clusters[0];
}

/** What is said of the cluster at a time: the signals that are not ok, each with why. */
export type Look = (
  at: number,
  how?: { readonly warm: boolean },
) => Promise<Readonly<Record<string, string>>>;

/** The world behind simulated services until the test is over, and the ports to ask them with. */
export async function opened(world: World) {
  const clock = fakeClock(NOON);
  const account = await openAccount(world, { clock });
  // The SDK signs by the machine's clock, and where that is wrong learns it from a refusal: a second try of every request.
  vi.useFakeTimers({ toFake: ['Date'], now: NOON });
  onTestFinished(async () => {
    vi.useRealTimers();
    vi.unstubAllEnvs();
    await account.close();
  });
  for (const [name, url] of Object.entries(account.environment)) vi.stubEnv(name, url);
  const portsAt = (at: number) => {
    clock.advance(at - clock.now());
    vi.setSystemTime(at);
    const onDefect = (error: unknown): void => {
      throw error;
    };
    return { ...testPorts({ clock, credentials: () => async () => CREDENTIALS }), onDefect };
  };
  return { url: account.prometheus.url, portsAt };
}

/** Shows the world to Plumbline, over HTTP, until the test is over. */
export async function shown(world: World, planned: (url: string) => Promise<PlannedCluster>): Promise<Look> {
  const { url, portsAt } = await opened(world);
  const cluster = await planned(url);
  const memory = sourceMemory();
  return async (at, { warm } = { warm: false }) => {
    const ports = { ...portsAt(at), ...(warm ? { memory } : {}) };
    const { signals } = await verifyCluster(cluster, ports);
    return Object.fromEntries(signals.flatMap((one) => (isWell(one) ? [] : [[one.signal.name, why(one)]])));
  };
}

function isWell({ verdict, findings, unavailable }: SignalVerdict): boolean {
  return verdict === 'ok' && findings.length === 0 && unavailable.length === 0;
}

/** The expectations that are not met, or why it is unknown. */
function why({ verdict, findings, unavailable }: SignalVerdict): string {
  const broken = [...new Set(findings.map(({ expectation }) => expectation))];
  return verdict === 'failing'
    ? broken.join(', ')
    : [verdict, ...new Set(unavailable.map(({ reason }) => reason))].join(': ');
}
