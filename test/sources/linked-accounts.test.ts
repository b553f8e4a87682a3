import { expect, onTestFinished, test, vi } from 'vitest';
import { type Question, questionKey } from '../../lib/question.ts';
import { cloudwatch } from '../../lib/sources/cloudwatch.ts';
import { type SignalVerdict, verifyCluster } from '../../lib/verify.ts';
import { type CloudWatch, type CloudWatchOptions, startCloudWatch } from '../../rehearsal/cloudwatch.ts';
import { createMetricStore, type SteadyMetric, steadyMetrics } from '../../rehearsal/metric-store.ts';
import { fakeClock, testPorts } from '../support/ports.ts';
import { signal } from '../support/world.ts';

const CREDENTIALS = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' };
const NOON = Date.parse('2026-11-20T12:00:00Z');
const MINUTE_MS = 60_000;
const SHOP = '222233334444';
const BANK = '333344445555';

const metrics = (over: Partial<SteadyMetric>[] = [{}]) =>
  createMetricStore(
    steadyMetrics(
      over.map((one) => ({
        namespace: 'Shop',
        name: 'served',
        dimensions: { Service: 'till' },
        since: NOON - 86_400_000,
        ...one,
      })),
    ),
  );

const silent = { until: NOON - 60 * MINUTE_MS };

async function start(options: Partial<CloudWatchOptions> = {}) {
  const clock = fakeClock(NOON);
  const ports = testPorts({ clock, credentials: () => async () => CREDENTIALS });
  const started = await startCloudWatch({
    clock,
    region: 'eu-west-1',
    credentials: [CREDENTIALS],
    store: metrics(),
    ...options,
  });
  onTestFinished(() => started.close());
  vi.stubEnv('AWS_ENDPOINT_URL_CLOUDWATCH', started.url);
  onTestFinished(() => {
    vi.unstubAllEnvs();
  });
  return { ports, started, clock };
}

const of = (account: string | undefined) =>
  signal({
    name: account ?? 'own',
    plane: 'cloudwatch',
    address: 'Shop',
    metric: 'served',
    by: ['Service'],
    freshMs: 15 * MINUTE_MS,
    account,
  });

async function verdicts(
  { ports }: Pick<Awaited<ReturnType<typeof start>>, 'ports'>,
  accounts: readonly (string | undefined)[],
): Promise<readonly SignalVerdict[]> {
  const signals = accounts.map((account) => ({ signal: of(account), judged: true }));
  const onDefect = (error: unknown): void => {
    throw error;
  };
  const run = { ...ports, deadline: ports.clock.now() + 30_000, onDefect };
  return (await verifyCluster({ name: 'c', region: 'eu-west-1', signals }, run)).signals;
}

const words = (judged: readonly SignalVerdict[]) =>
  judged.map(({ signal: { name }, verdict }) => `${name} ${verdict}`);
const operations = ({ requests }: CloudWatch) => requests.map(({ operation }) => operation);

test('the same series of three accounts are three, judged each by its own datapoints', async () => {
  const world = await start({
    linked: new Map([
      [SHOP, metrics([silent])],
      [BANK, metrics()],
    ]),
  });
  const judged = await verdicts(world, [undefined, SHOP, BANK]);
  expect(words(judged)).toEqual(['own ok', `${SHOP} failing`, `${BANK} ok`]);
  expect(judged.map(({ evidence: { series } }) => series)).toEqual([1, 0, 1]);
  expect(operations(world.started).filter((one) => one === 'ListMetrics').length).toBeGreaterThanOrEqual(3);
});

test('a healthy run of linked accounts reads them in one call, with their lists remembered', async () => {
  const world = await start({
    linked: new Map([
      [SHOP, metrics()],
      [BANK, metrics()],
    ]),
  });
  await verdicts(world, [undefined, SHOP, BANK]);
  const before = world.started.requests.length;
  world.clock.advance(5 * MINUTE_MS);
  expect(words(await verdicts(world, [undefined, SHOP, BANK]))).toEqual([
    'own ok',
    `${SHOP} ok`,
    `${BANK} ok`,
  ]);
  const [read] = world.started.requests.slice(before);
  expect(world.started.requests).toHaveLength(before + 1);
  expect(
    read?.operation === 'GetMetricData' && read.input.MetricDataQueries.map((one) => one.AccountId),
  ).toEqual([undefined, SHOP, BANK]);
});

test('an account without the metric, which shows others, is failing: nothing is there', async () => {
  const world = await start({ linked: new Map([[SHOP, metrics([{ namespace: 'Other' }])]]) });
  const [judged] = await verdicts(world, [SHOP]);
  expect(judged).toMatchObject({ verdict: 'failing', findings: [{ expectation: 'fresh' }] });
});

test('an account that is not linked is no silence: it could not be looked at', async () => {
  const world = await start({ linked: new Map([[BANK, metrics()]]) });
  const judged = await verdicts(world, [SHOP, BANK, undefined]);
  expect(words(judged)).toEqual([`${SHOP} unknown`, `${BANK} ok`, 'own ok']);
  expect(judged[0]?.unavailable[0]).toMatchObject({
    reason: 'denied',
    detail: `no metric of account ${SHOP} is seen here, as the default AWS credentials; is account ${SHOP} linked to this one in this region, and are its metrics shared?`,
  });
});

test('however many questions are about it, an account that looks empty is looked at once a run', async () => {
  const { ports, started } = await start();
  const questions = ['a', 'b', 'c'].map((value): Question => ({
    ask: 'count',
    of: {
      namespace: 'Shop',
      metric: 'served',
      match: [{ label: 'Service', operator: '=', value }],
      account: SHOP,
    },
    freshMs: 15 * MINUTE_MS,
    by: [],
  }));
  const answers = await cloudwatch(of(SHOP), ports).ask(questions);
  for (const question of questions)
    expect(answers.get(questionKey(question))).toMatchObject({ kind: 'unavailable', reason: 'denied' });
  expect(operations(started)).toEqual(Array.from({ length: 4 }, () => 'ListMetrics'));
});

test('a link that is cut between the list and the data is denied, not silence', async () => {
  const linked = new Map([[SHOP, metrics()]]);
  const world = await start({ linked });
  expect(words(await verdicts(world, [SHOP]))).toEqual([`${SHOP} ok`]);
  linked.delete(SHOP);
  world.clock.advance(MINUTE_MS);
  const [judged] = await verdicts(world, [SHOP]);
  expect(judged).toMatchObject({
    verdict: 'unknown',
    unavailable: [{ reason: 'denied', detail: expect.stringContaining(`is account ${SHOP} linked`) }],
  });
});

test('a list that ignores whose metrics were asked for shows none of the account', async () => {
  const metric = { Namespace: 'Shop', MetricName: 'served', Dimensions: [] };
  const body = JSON.stringify({ Metrics: [metric], OwningAccounts: ['111122223333'] });
  const headers = { 'content-type': 'application/x-amz-json-1.0' };
  const world = await start({
    interfere: ({ operation }) => (operation === 'ListMetrics' ? { status: 200, headers, body } : undefined),
  });
  expect(words(await verdicts(world, [SHOP]))).toEqual([`${SHOP} unknown`]);
});

test('a list that is refused because of the account asks whether it is linked', async () => {
  const body = JSON.stringify({ __type: 'ValidationException', message: 'not a monitoring account' });
  const headers = { 'content-type': 'application/x-amz-json-1.0' };
  const world = await start({ interfere: () => ({ status: 400, headers, body }) });
  const [judged] = await verdicts(world, [SHOP]);
  expect(judged?.unavailable[0]).toMatchObject({
    reason: 'rejected',
    detail: expect.stringMatching(new RegExp(`is account ${SHOP} linked .*not a monitoring account`)),
  });
});

test('a person is told whose metrics to look at', () => {
  const source = cloudwatch(of(SHOP), testPorts());
  const question = {
    ask: 'count',
    of: { namespace: 'Shop', metric: 'served', match: [], account: SHOP },
    freshMs: 1,
    by: [],
  } as const;
  expect(source.text(question)).toBe(
    `SEARCH(':aws.AccountId="${SHOP}" Namespace="Shop" MetricName="served"', 'SampleCount', 60)`,
  );
  expect(source.text({ ask: 'keySets', of: question.of, freshMs: 1 })).toContain(`--owning-account ${SHOP}`);
});
