import { expect, onTestFinished, test, vi } from 'vitest';
import type { StatusQuestion } from '../../lib/question.ts';
import type { StateSignal } from '../../lib/signal.ts';
import { eksAddon } from '../../lib/sources/eksAddon.ts';
import type { SourcePorts } from '../../lib/sources/source.ts';
import { verifyCluster } from '../../lib/verify.ts';
import type { AwsApi } from '../../rehearsal/aws-api.ts';
import { type EksOptions, type SimulatedAddon, startEks } from '../../rehearsal/eks.ts';
import { fakeClock, testPorts } from '../support/ports.ts';
import { stateSignal } from '../support/world.ts';
import { planeContract } from './plane-contract.ts';

const CREDENTIALS = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' };
const NOON = Date.parse('2026-11-20T12:00:00Z');
const MINUTE_MS = 60_000;
const as = { credentials: () => async () => CREDENTIALS };
const adot: SimulatedAddon = { version: 'v0.109.0-eksbuild.1', modifiedAt: NOON - 86_400_000 };
const QUESTION: StatusQuestion = { ask: 'status', place: 'prod-eu/adot' };

async function start(
  addon: SimulatedAddon | undefined,
  ports: SourcePorts,
  options: Partial<EksOptions> = {},
): Promise<AwsApi> {
  const addons = new Map([['prod-eu', new Map(addon ? [['adot', addon]] : [])]]);
  const started = await startEks({
    clock: ports.clock,
    region: 'eu-west-1',
    credentials: [CREDENTIALS],
    addons,
    ...options,
  });
  onTestFinished(() => started.close());
  vi.stubEnv('AWS_ENDPOINT_URL_EKS', started.url);
  onTestFinished(() => {
    vi.unstubAllEnvs();
  });
  return started;
}

const addon = (over: Partial<StateSignal> = {}) =>
  stateSignal({ plane: 'eksAddon', address: 'prod-eu/adot', ...over });

planeContract(
  async (ports, trouble) => {
    const started = await start(adot, ports, {
      interfere: () => {
        if (trouble === 'hangs') return 'hang';
        if (trouble === 'resets') return 'reset';
        if (trouble === 'fails') return { status: 503, body: 'unavailable' };
        return trouble === 'talks-nonsense' ? { status: 200, body: '{"addon":{}}' } : undefined;
      },
    });
    if (trouble === 'throttles') started.throttle(Number.POSITIVE_INFINITY);
    if (trouble === 'denies') started.deny('eks:DescribeAddon');
    return { source: eksAddon(addon(), { ...ports, ...as }), requests: () => started.calls.length };
  },
  [QUESTION],
);

async function judged(of: SimulatedAddon | undefined, over: Partial<StateSignal> = {}) {
  const ports = { ...testPorts({ clock: fakeClock(NOON) }), ...as };
  await start(of, ports);
  const cluster = {
    name: 'prod-eu',
    region: 'eu-west-1',
    signals: [{ signal: addon(over), judged: true }],
  };
  const { signals } = await verifyCluster(cluster, {
    ...ports,
    onDefect: (error) => expect(error).toBe(null),
  });
  const [verdict] = signals;
  if (!verdict) throw new Error('no verdict');
  return verdict;
}

test('an active add-on is ok, and the report says what that does not mean', async () => {
  expect(await judged(adot)).toMatchObject({
    verdict: 'ok',
    state: null,
    evidence: {
      series: null,
      facts: ['v0.109.0-eksbuild.1 ACTIVE, which tells of the operator, not whether a collector runs'],
      markers: [
        {
          of: 'add-on prod-eu/adot',
          did: 'changed',
          version: 'v0.109.0-eksbuild.1',
          at: NOON - 86_400_000,
        },
      ],
      questions: ['aws eks describe-addon --cluster-name prod-eu --addon-name adot'],
    },
  });
});

test('an issue is a finding, whatever the status is called', async () => {
  const issues = [{ code: 'InsufficientNumberOfReplicas', message: 'operator: 0 of 1' }];
  for (const status of ['ACTIVE', 'DEGRADED']) {
    expect(await judged({ ...adot, status, issues })).toMatchObject({
      verdict: 'failing',
      findings: [
        {
          expectation: 'status',
          subject: 'prod-eu/adot',
          observed: `${status}; InsufficientNumberOfReplicas: operator: 0 of 1`,
        },
      ],
    });
  }
});

test('an update is a rollout for half an hour, and then a finding', async () => {
  const updating = (minutes: number) => ({
    ...adot,
    status: 'UPDATING',
    modifiedAt: NOON - minutes * MINUTE_MS,
  });
  expect(await judged(updating(30))).toMatchObject({ verdict: 'ok', state: 'rollout' });
  expect(await judged(updating(31))).toMatchObject({
    verdict: 'failing',
    findings: [{ observed: 'UPDATING for 31m' }],
  });
});

test('another version than the expected one is a finding', async () => {
  expect((await judged(adot, { version: 'v0.109.0-eksbuild.1' })).verdict).toBe('ok');
  expect((await judged(adot, { version: 'v0.110.0-eksbuild.1' })).findings).toMatchObject([
    { expectation: 'version', expected: 'v0.110.0-eksbuild.1', observed: 'v0.109.0-eksbuild.1' },
  ]);
});

test('what does not exist is a finding: the add-on, or its cluster', async () => {
  expect((await judged(undefined)).findings).toMatchObject([
    { expectation: 'exists', subject: 'add-on prod-eu/adot' },
  ]);
  expect((await judged(adot, { address: 'elsewhere/adot' })).findings).toMatchObject([
    { expectation: 'exists', subject: 'EKS cluster elsewhere' },
  ]);
});

test('hostile words of the API are harmless', async () => {
  const issues = [{ code: 'Evil', message: '\u001b[31mred\n\u202Etext' }];
  const { findings } = await judged({ ...adot, issues });
  expect(findings[0]?.observed).toBe(String.raw`ACTIVE; Evil: \u001b[31mred \u202etext`);
});
