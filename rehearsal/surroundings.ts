import { steadyService } from './ecs-service.ts';
import type { SimulatedLogGroup } from './log-groups.ts';
import { addonsIn, servicesIn, type World, workspaceIn } from './world.ts';

const DAY_MS = 86_400_000;
const REVISION = 'checkout:7';
const APPS = ['checkout', 'cart', 'payment', 'search'];

/** Puts in what stands around the EKS add-on pipeline: an add-on, log groups, traces, services of ECS, all well for days. */
export function surround(world: World, workspace: string, now: number): void {
  const before = now - 5 * DAY_MS;
  workspaceIn(world, workspace, before);
  world.states.set(workspace, {});
  addonsIn(world, 'prod-eu').set('adot', {
    version: 'v0.109.0-eksbuild.1',
    modifiedAt: now - 3 * DAY_MS,
  });
  const group = (name: string, stream: string, kept: Partial<SimulatedLogGroup> = {}): void =>
    void world.groups.set(name, { ...kept, streams: [{ name: stream, since: before }] });
  group('/aws/containerinsights/prod-eu/prometheus', 'otel-stream-1f6c');
  group('/logs/prod-eu', 'shop.checkout-7d9f.app', { retentionInDays: 7 });
  group('/ecs/ADOT', 'adot/collector/1', { retentionInDays: 30 });
  group('/ecs/checkout', 'checkout/app/1', { retentionInDays: 30 });
  world.traces.services = APPS.map((name) => ({ name, everyMs: 20_000 }));
  world.revisions.set(REVISION, [
    { name: 'app', image: 'shop/checkout:1' },
    { name: 'adot', image: 'public.ecr.aws/aws-observability/aws-otel-collector:v0.49.0' },
  ]);
  for (const name of APPS) servicesIn(world, 'shop').set(name, steadyService(REVISION, 2, now));
}
