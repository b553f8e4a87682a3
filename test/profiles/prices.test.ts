import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { checkWithCost } from '../../lib/cost/check.ts';
import { eksAmp, localPrometheus } from './amp-estates.ts';
import { appSidecar, kyma } from './app-estates.ts';
import { cloudMap, fargate } from './ecs-estates.ts';
import { containerInsights, eksCloudWatch } from './emf-estates.ts';
import type { Pipe } from './pipe.ts';
import { NOON, opened, profileSignals, shippedProfiles } from './simulated-account.ts';

const estates: Readonly<Record<string, () => Pipe>> = {
  'eks-adot-amp': eksAmp,
  'eks-adot-cloudwatch': eksCloudWatch,
  'eks-container-insights': containerInsights,
  'app-sidecar-emf': appSidecar,
  'ecs-cloudmap-amp': cloudMap,
  'ecs-fargate-sidecar': fargate,
  'kyma-cloudwatch': kyma,
  'local-prometheus': localPrometheus,
};
const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');

test.each([...shippedProfiles])(
  '%s costs what the README says, for a cluster at five minutes',
  async (name) => {
    const { url, portsAt } = await opened(estates[name]?.().estate ?? expect.fail('no estate'));
    const cluster = await profileSignals(name, name === 'local-prometheus' ? { url } : {});
    const { memory: _memory, ...ports } = portsAt(NOON);
    const { verdict, cost } = await checkWithCost([cluster], {
      ...ports,
      everyMs: () => 300_000,
      toolVersion: '0.0.0',
    });
    expect(verdict).toBe('ok');
    const [counted] = cost?.clusters ?? [];
    const requests = counted?.requests.reduce((sum, one) => sum + one.requestsPerRun, 0);
    const dollars = counted?.dollarsPerMonth ?? Number.NaN;
    expect(dollars).toBeLessThanOrEqual(1.5);
    expect(readme).toContain(
      `| \`${name}\` | ${cluster.signals.length} | ${requests} | $${dollars.toFixed(2)} |`,
    );
  },
);
