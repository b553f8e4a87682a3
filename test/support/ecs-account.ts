import { expect, onTestFinished, vi } from 'vitest';
import type { StateSignal } from '../../lib/signal.ts';
import type { SourcePorts } from '../../lib/sources/source.ts';
import { type SignalVerdict, verifyCluster } from '../../lib/verify.ts';
import type { AwsApi } from '../../rehearsal/aws-api.ts';
import { type EcsOptions, startEcs } from '../../rehearsal/ecs.ts';
import type { SimulatedContainer, SimulatedService } from '../../rehearsal/ecs-state.ts';
import { type FakeClock, fakeClock, testPorts } from './ports.ts';
import { stateSignal } from './world.ts';

const CREDENTIALS = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' };
export const NOON = Date.parse('2026-11-20T12:00:00Z');
export const MINUTE_MS = 60_000;
export const as = { credentials: () => async () => CREDENTIALS };

const collector = {
  name: 'aws-otel-collector',
  image: 'public.ecr.aws/aws-observability/aws-otel-collector:v0.44.0',
};
const app = { name: 'app', image: 'shop:1', dependsOn: [{ containerName: 'agent', condition: 'SUCCESS' }] };
const agent = { name: 'agent', image: 'public.ecr.aws/aws-observability/adot-autoinstrumentation-java:v2' };

/** `adot:1` and `adot:2` are the collector alone; `shop:1` has it as a sidecar, with an init container. */
export const REVISIONS: ReadonlyMap<string, readonly SimulatedContainer[]> = new Map([
  ['adot:1', [collector]],
  ['adot:2', [collector]],
  ['shop:1', [app, agent, collector]],
  ['shop:2', [app, agent, collector, { name: 'extra', image: 'extra:1' }]],
  ['plain:1', [{ name: 'app', image: 'plain:1' }]],
]);

/** Services by `CLUSTER/SERVICE`. */
export type Services = Readonly<Record<string, SimulatedService>>;

export async function startAccount(
  services: Services,
  ports: Pick<SourcePorts, 'clock'>,
  options: Partial<EcsOptions> = {},
): Promise<AwsApi> {
  const clusters = new Map<string, Map<string, SimulatedService>>();
  for (const [place, service] of Object.entries(services)) {
    const [cluster = '', name = ''] = place.split('/');
    clusters.set(cluster, (clusters.get(cluster) ?? new Map<string, SimulatedService>()).set(name, service));
  }
  const started = await startEcs({
    clock: ports.clock,
    region: 'eu-west-1',
    credentials: [CREDENTIALS],
    services: clusters,
    revisions: REVISIONS,
    ...options,
  });
  onTestFinished(() => started.close());
  vi.stubEnv('AWS_ENDPOINT_URL_ECS', started.url);
  onTestFinished(() => {
    vi.unstubAllEnvs();
  });
  return started;
}

export function ecsSignal(address = 'prod/adot', over: Partial<StateSignal> = {}): StateSignal {
  return stateSignal({ name: address, plane: 'ecsService', address, ...over });
}

interface Judged {
  readonly verdicts: readonly SignalVerdict[];
  readonly calls: AwsApi['calls'];
}

/** Verifies the signals of one cluster over the services, at noon. */
export async function judgeAll(
  services: Services,
  signals: readonly StateSignal[],
  {
    clock = fakeClock(NOON),
    setUp,
    ...options
  }: Partial<Omit<EcsOptions, 'clock'>> & { clock?: FakeClock; setUp?: (api: AwsApi) => void } = {},
): Promise<Judged> {
  const ports = { ...testPorts({ clock }), ...as };
  const api = await startAccount(services, ports, options);
  setUp?.(api);
  const planned = signals.map((signal) => ({ signal, judged: true }));
  const { signals: verdicts } = await verifyCluster(
    { name: 'prod', region: 'eu-west-1', signals: planned },
    { ...ports, onDefect: (error) => expect(error).toBe(null) },
  );
  return { verdicts, calls: api.calls };
}

/** The verdict on the service `prod/adot` alone. */
export async function judged(
  service: SimulatedService,
  over: Partial<StateSignal> = {},
  options: Parameters<typeof judgeAll>[2] = {},
): Promise<SignalVerdict> {
  const { verdicts } = await judgeAll({ 'prod/adot': service }, [ecsSignal('prod/adot', over)], options);
  const [verdict] = verdicts;
  if (!verdict) throw new Error('no verdict');
  return verdict;
}
