import { expect, onTestFinished, test, vi } from 'vitest';
import { awsCredentials } from '../../lib/aws/credentials.ts';
import { systemClock } from '../../lib/clock.ts';
import type { Signal } from '../../lib/signal.ts';
import { sourceMemory, type SourcePorts } from '../../lib/sources/source.ts';
import { verifyCluster } from '../../lib/verify.ts';
import { startAmp } from '../../rehearsal/amp.ts';
import { startCloudWatch } from '../../rehearsal/cloudwatch.ts';
import { startEks } from '../../rehearsal/eks.ts';
import { createMetricStore, steadyMetrics } from '../../rehearsal/metric-store.ts';
import type { KnownCredentials } from '../../rehearsal/sigv4.ts';
import { storedSeries } from '../../rehearsal/storage.ts';
import { startSts, type SimulatedRole } from '../../rehearsal/sts.ts';
import { fakeClock, testPorts } from '../support/ports.ts';
import { signal, stateSignal } from '../support/world.ts';

// The SDK asks again after any refusal where its own clock turns out to be minutes off.
const NOW = systemClock.now();
const MINUTE_MS = 60_000;
const REGION = 'eu-west-1';
const OWN = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' };
const READER = 'arn:aws:iam::222233334444:role/plumbline-reader';
const OLD = { accessKeyId: 'ASIAOLD', secretAccessKey: 'secret', sessionToken: 'old', expiresAt: NOW };
const as = (role: string | undefined, externalId?: string) => ({ role, externalId });

const reader = (role: SimulatedRole = {}) => new Map([[READER, role]]);

/** An STS, and an AMP, a CloudWatch and an EKS that take what it issues, and OWN. */
async function accounts(roles: ReadonlyMap<string, SimulatedRole>, others: readonly KnownCredentials[] = []) {
  const clock = fakeClock(NOW);
  const known: KnownCredentials[] = [];
  const sts = await startSts({
    clock,
    region: REGION,
    credentials: [OWN, ...others],
    roles,
    issued: known,
  });
  // Read when a request arrives, so that it knows what was issued since.
  const credentials = new Proxy(known, {
    get: (target, key) => Reflect.get([OWN, ...target], key) as unknown,
  });
  const common = { clock, region: REGION, credentials };
  const up = storedSeries(
    new Map([['__name__', 'up']]),
    Array.from({ length: 400 }, (_, minute) => ({
      at: NOW - (300 - minute) * MINUTE_MS,
      value: 1,
      stale: false,
    })),
  );
  const served = { namespace: 'Shop', name: 'served', dimensions: {}, since: NOW - 86_400_000 };
  const addons = new Map([['prod-eu', new Map([['adot', { version: 'v1', modifiedAt: NOW - 86_400_000 }]])]]);
  const amp = await startAmp({ ...common, workspaces: new Map([['ws-1', { series: [up] }]]) });
  const cloudWatch = await startCloudWatch({ ...common, store: createMetricStore(steadyMetrics([served])) });
  const eks = await startEks({ ...common, addons });
  const urls = { STS: sts, AMP: amp, CLOUDWATCH: cloudWatch, EKS: eks };
  for (const [service, server] of Object.entries(urls)) {
    vi.stubEnv(`AWS_ENDPOINT_URL_${service}`, server.url);
    onTestFinished(() => server.close());
  }
  vi.stubEnv('AWS_ACCESS_KEY_ID', OWN.accessKeyId);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', OWN.secretAccessKey);
  onTestFinished(() => {
    vi.unstubAllEnvs();
  });
  const credentialsFor = awsCredentials(clock);
  const ports = (): SourcePorts => testPorts({ clock, credentials: credentialsFor, memory: sourceMemory() });
  return { sts, amp, cloudWatch, eks, clock, ports };
}

const onThreePlanes = (access: object, prefix = ''): Signal[] => [
  signal({ name: `${prefix}amp`, plane: 'amp', address: 'ws-1', metric: 'up', ...access }),
  signal({
    name: `${prefix}cloudwatch`,
    plane: 'cloudwatch',
    address: 'Shop',
    metric: 'served',
    freshMs: 15 * MINUTE_MS,
    ...access,
  }),
  stateSignal({ name: `${prefix}addon`, ...access }),
];

async function verdicts(signals: readonly Signal[], ports: SourcePorts) {
  const onDefect = (error: unknown): void => {
    throw error;
  };
  const cluster = {
    name: 'c',
    region: REGION,
    signals: signals.map((one) => ({ signal: one, judged: true })),
  };
  const { signals: judged } = await verifyCluster(cluster, {
    ...ports,
    deadline: ports.clock.now() + 30_000,
    onDefect,
  });
  return judged;
}

const words = (judged: Awaited<ReturnType<typeof verdicts>>) =>
  judged.map(({ signal: { name }, verdict }) => `${name} ${verdict}`);

test('three planes of another account are read with a role that is assumed once', async () => {
  const { sts, ports } = await accounts(reader({ externalId: '6c1f' }));
  const judged = await verdicts(onThreePlanes(as(READER, '6c1f')), ports());
  expect(words(judged)).toEqual(['amp ok', 'cloudwatch ok', 'addon ok']);
  expect(sts.calls.map(({ form }) => Object.fromEntries(form))).toEqual([
    {
      Action: 'AssumeRole',
      Version: '2011-06-15',
      RoleArn: READER,
      RoleSessionName: 'plumbline',
      ExternalId: '6c1f',
      DurationSeconds: '3600',
    },
  ]);
});

test('a token that expires early is renewed once for all planes, and nobody notices', async () => {
  const { sts, ports, amp, clock } = await accounts(reader());
  const remembering = ports();
  await verdicts(onThreePlanes(as(READER)), remembering);
  sts.expireAll();
  clock.advance(5 * MINUTE_MS);
  const signals = [...onThreePlanes(as(READER)), ...onThreePlanes(as(READER), 'second ')];
  const judged = await verdicts(signals, { ...remembering, memory: sourceMemory() });
  expect(judged.map(({ verdict }) => verdict)).toEqual(Array.from({ length: 6 }, () => 'ok'));
  expect(sts.calls).toHaveLength(2);
  expect(amp.requests.at(-1)?.headers.get('x-amz-security-token')).toBe('token-2');
});

test('what is renewed and expires again is denied, told as that, after one renewal', async () => {
  const { sts, ports } = await accounts(reader());
  const remembering = ports();
  await verdicts(onThreePlanes(as(READER)), remembering);
  const issue = sts.expireAll;
  issue();
  // Each further token is dead on arrival.
  const dead = { ...remembering, memory: sourceMemory() };
  const credentials: SourcePorts['credentials'] = (identity) => async (options) => {
    const issued = await remembering.credentials(identity)(options);
    issue();
    return issued;
  };
  const judged = await verdicts(onThreePlanes(as(READER)), { ...dead, credentials });
  expect(words(judged)).toEqual(['amp unknown', 'cloudwatch unknown', 'addon unknown']);
  for (const { unavailable } of judged) {
    expect(unavailable[0]).toMatchObject({
      reason: 'denied',
      detail: expect.stringMatching(
        /Expired.*the credentials have expired, and renewing did not help; for [a-z]+:[A-Z]/s,
      ),
    });
  }
  expect(sts.calls).toHaveLength(2);
});

test('a role lasts until five minutes before its hour is over', async () => {
  const { sts, ports, clock } = await accounts(reader());
  const lasting = ports();
  await verdicts(onThreePlanes(as(READER)), lasting);
  clock.advance(54 * MINUTE_MS);
  await verdicts(onThreePlanes(as(READER)), lasting);
  expect(sts.calls).toHaveLength(1);
  clock.advance(2 * MINUTE_MS);
  expect(words(await verdicts(onThreePlanes(as(READER)), lasting))).toEqual([
    'amp ok',
    'cloudwatch ok',
    'addon ok',
  ]);
  expect(sts.calls).toHaveLength(2);
});

test.each([
  ['an external id that is missing', reader({ externalId: '6c1f' }), undefined, 'asks for an externalId'],
  ['another external id', reader({ externalId: '6c1f' }), 'other', 'asks for another externalId'],
  ['no such role', new Map(), undefined, 'the role does not exist'],
])(
  '%s: its signals are unknown, with what is missing, and no others',
  async (_name, roles, externalId, says) => {
    const { sts, ports } = await accounts(roles);
    const signals = [...onThreePlanes(as(READER, externalId)), ...onThreePlanes(as(undefined), 'own ')];
    const judged = await verdicts(signals, ports());
    expect(words(judged)).toEqual([
      'amp unknown',
      'cloudwatch unknown',
      'addon unknown',
      'own amp ok',
      'own cloudwatch ok',
      'own addon ok',
    ]);
    for (const { unavailable } of judged.slice(0, 3)) {
      expect(unavailable[0]).toMatchObject({
        reason: 'denied',
        detail: expect.stringContaining(
          `needed: sts:AssumeRole on ${READER}, as the default AWS credentials; or `,
        ),
      });
      expect(unavailable[0]?.detail).toContain(says);
    }
    expect(sts.calls).toHaveLength(1);
  },
);

test('what was refused is not asked again for half a minute, and then may be allowed', async () => {
  const roles = new Map<string, SimulatedRole>();
  const { sts, ports, clock } = await accounts(roles);
  const remembering = ports();
  await verdicts(onThreePlanes(as(READER)), remembering);
  clock.advance(29_000);
  await verdicts(onThreePlanes(as(READER)), remembering);
  expect(sts.calls).toHaveLength(1);
  clock.advance(2000);
  roles.set(READER, {});
  const judged = await verdicts(onThreePlanes(as(READER)), remembering);
  expect(words(judged)).toEqual(['amp ok', 'cloudwatch ok', 'addon ok']);
  expect(sts.calls).toHaveLength(2);
});

test('own credentials that expired before the role was assumed are renewed once too', async () => {
  const { sts, ports } = await accounts(reader(), [OLD]);
  vi.stubEnv('AWS_ACCESS_KEY_ID', OLD.accessKeyId);
  vi.stubEnv('AWS_SESSION_TOKEN', OLD.sessionToken);
  const [first] = await verdicts(onThreePlanes(as(READER)), ports());
  expect(first?.unavailable[0]).toMatchObject({
    reason: 'denied',
    detail: `ExpiredToken: the credentials have expired, and renewing did not help; for sts:AssumeRole on ${READER}, as the default AWS credentials`,
  });
  expect(sts.calls).toHaveLength(2);
});
