import { onTestFinished, vi } from 'vitest';
import { loadConfig } from '../../lib/config/load.ts';
import { type PlannedCluster, plan } from '../../lib/plan.ts';
import { readProfiles } from '../../lib/profiles/read.ts';
import { sourceMemory } from '../../lib/sources/source.ts';
import { type SignalVerdict, verifyCluster } from '../../lib/verify.ts';
import { startAmp } from '../../rehearsal/amp.ts';
import { startCloudWatch } from '../../rehearsal/cloudwatch.ts';
import type { SimulatedContainer, SimulatedService } from '../../rehearsal/ecs-state.ts';
import { startEcs } from '../../rehearsal/ecs.ts';
import { type SimulatedAddon, startEks } from '../../rehearsal/eks.ts';
import { dated, formOf, serve } from '../../rehearsal/http.ts';
import { type SimulatedLogGroup, vendedLogMetrics } from '../../rehearsal/log-groups.ts';
import { startLogs } from '../../rehearsal/logs.ts';
import { type ContributionSource, createMetricStore } from '../../rehearsal/metric-store.ts';
import { answerQuery } from '../../rehearsal/prometheus-api.ts';
import { startServiceQuotas } from '../../rehearsal/service-quotas.ts';
import { type Storage, unionOf } from '../../rehearsal/storage.ts';
import type { TraceWorld } from '../../rehearsal/trace-world.ts';
import { type VendedMetrics, vendedMetrics } from '../../rehearsal/vended-metrics.ts';
import { startXRay } from '../../rehearsal/xray.ts';
import { fakeClock, testPorts } from '../support/ports.ts';

export const NOON = Date.parse('2026-11-20T12:00:00Z');
export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
/** Since when every pipeline has been well. */
export const SINCE = NOON - 72 * HOUR;
/** When what breaks does: long enough before noon that nothing is owed to lists that lag. */
export const BREAK = NOON - 25 * MINUTE;
const CREDENTIALS = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' };
const WORKSPACE = 'ws-1234';

/** What is in the account of one cluster, `prod-eu`; may be changed until it is shown. */
export interface Estate {
  /** What arrives in the workspace `ws-1234`, or in the Prometheus server. */
  readonly series: Storage[];
  readonly metrics: ContributionSource[];
  readonly groups: Map<string, SimulatedLogGroup>;
  readonly traces: TraceWorld;
  readonly addons: Map<string, SimulatedAddon>;
  /** Those of the ECS cluster `prod-eu`. */
  readonly services: Map<string, SimulatedService>;
  readonly revisions: Map<string, readonly SimulatedContainer[]>;
  vended: Omit<VendedMetrics, 'workspace'>;
}

export function emptyEstate(): Estate {
  return {
    series: [],
    metrics: [],
    groups: new Map(),
    traces: { destination: 'XRay', services: [] },
    addons: new Map(),
    services: new Map(),
    revisions: new Map(),
    vended: { ingestionRate: { since: SINCE, value: 1000 }, activeSeries: { since: SINCE, value: 20_000 } },
  };
}

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

/** The estate behind simulated services until the test is over, and the ports to ask them with. */
export async function opened(estate: Estate) {
  const clock = fakeClock(NOON);
  const common = { clock, region: 'eu-west-1', credentials: [CREDENTIALS] };
  const union = unionOf(...estate.series);
  const store = createMetricStore(
    ...estate.metrics,
    vendedLogMetrics(estate.groups),
    vendedMetrics({ workspace: WORKSPACE, ...estate.vended }),
  );
  const defaults = new Map([
    ['aps/L-5A151448', 50_000_000],
    ['aps/L-F4BCE0BA', 1_666_666],
  ]);
  const servers = {
    AMP: await startAmp({
      ...common,
      workspaces: new Map([[WORKSPACE, union]]),
      states: new Map([[WORKSPACE, { alertManager: {} }]]),
    }),
    CLOUDWATCH: await startCloudWatch({ ...common, store }),
    CLOUDWATCH_LOGS: await startLogs({ ...common, groups: estate.groups, traces: estate.traces }),
    XRAY: await startXRay({ ...common, world: estate.traces }),
    EKS: await startEks({ ...common, addons: new Map([['prod-eu', estate.addons]]) }),
    ECS: await startEcs({
      ...common,
      services: new Map([['prod-eu', estate.services]]),
      revisions: estate.revisions,
    }),
    SERVICE_QUOTAS: await startServiceQuotas({ ...common, defaults }),
  };
  const prometheus = await serve((request) =>
    dated(answerQuery(formOf(request), union, clock.now()), clock.now()),
  );
  // The SDK signs by the machine's clock, and where that is wrong learns it from a refusal: a second try of every request.
  vi.useFakeTimers({ toFake: ['Date'], now: NOON });
  onTestFinished(async () => {
    vi.useRealTimers();
    vi.unstubAllEnvs();
    await Promise.all([...Object.values(servers), prometheus].map((one) => one.close()));
  });
  for (const [name, { url }] of Object.entries(servers)) vi.stubEnv(`AWS_ENDPOINT_URL_${name}`, url);
  const portsAt = (at: number) => {
    clock.advance(at - clock.now());
    vi.setSystemTime(at);
    const onDefect = (error: unknown): void => {
      throw error;
    };
    return { ...testPorts({ clock, credentials: () => async () => CREDENTIALS }), onDefect };
  };
  return { url: prometheus.url, portsAt };
}

/** Shows the estate to Plumbline, over HTTP, until the test is over. */
export async function shown(
  estate: Estate,
  planned: (url: string) => Promise<PlannedCluster>,
): Promise<Look> {
  const { url, portsAt } = await opened(estate);
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
