import { expect, onTestFinished, test, vi } from 'vitest';
import type { AwsCredentials, CredentialProvider } from '../../lib/aws/credentials.ts';
import type { Question } from '../../lib/question.ts';
import { amp } from '../../lib/sources/amp.ts';
import type { SourcePorts } from '../../lib/sources/source.ts';
import { type Amp, type AmpOptions, startAmp } from '../../rehearsal/amp.ts';
import { json } from '../../rehearsal/http.ts';
import { type Storage, storedSeries } from '../../rehearsal/storage.ts';
import { fakeClock, testPorts } from '../support/ports.ts';
import { signal } from '../support/world.ts';
import { sourceContract } from './contract.ts';

const CREDENTIALS = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' };
const EMPTY: Storage = { series: [] };
const QUESTION: Question = { ask: 'count', of: { metric: 'm', match: [] }, freshMs: 60_000, by: [] };

async function start(storage: Storage, ports: SourcePorts, options: Partial<AmpOptions> = {}): Promise<Amp> {
  const started = await startAmp({
    clock: ports.clock,
    region: 'eu-west-1',
    credentials: [CREDENTIALS],
    workspaces: new Map([['ws-1', storage]]),
    ...options,
  });
  onTestFinished(() => started.close());
  vi.stubEnv('AWS_ENDPOINT_URL_AMP', started.url);
  onTestFinished(() => {
    vi.unstubAllEnvs();
  });
  return started;
}

const as = (credentials: AwsCredentials = CREDENTIALS): Partial<SourcePorts> => ({
  credentials: () => async () => credentials,
});
const workspace = (over = {}) => signal({ plane: 'amp', address: 'ws-1', ...over });
const askOne = async (ports: SourcePorts, over = {}) =>
  [...(await amp(workspace(over), ports).ask([QUESTION])).values()][0];

sourceContract(async (storage, ports, trouble) => {
  const started = await start(storage, ports, {
    interfere: ({ action }) => {
      if (action !== 'aps:QueryMetrics') return undefined;
      if (trouble === 'throttles') return json(429, '{"message":"Rate exceeded"}');
      if (trouble === 'hangs') return 'hang';
      return trouble === 'resets' ? 'reset' : undefined;
    },
  });
  if (trouble === 'denies') started.deny('aps:QueryMetrics');
  return { source: amp(workspace(), { ...ports, ...as() }), requests: () => started.requests.length };
});

test('the workspace is looked up once and the cost guard stands on every question', async () => {
  const ports = testPorts(as());
  const started = await start(EMPTY, ports);
  const source = amp(workspace({ maxSamplesProcessed: 123 }), ports);
  await source.ask([QUESTION]);
  await source.ask([{ ...QUESTION, by: ['job'] }]);
  expect(started.requests.map(({ action }) => action)).toEqual([
    'aps:DescribeWorkspace',
    'aps:QueryMetrics',
    'aps:QueryMetrics',
  ]);
  expect(started.requests[1]?.form.get('max_samples_processed_error_threshold')).toBe('123');
  expect(started.requests[1]?.method).toBe('POST');
});

test.each(['', '/', '/api/v1', '/api/v1/', '/api/v1/remote_write', '/api/v1/query'])(
  'an endpoint that ends in "%s" needs no lookup',
  async (ending) => {
    const ports = testPorts(as());
    const started = await start(EMPTY, ports);
    const evidence = await askOne(ports, { endpoint: `${started.url}/workspaces/ws-1${ending}` });
    expect(evidence).toMatchObject({ kind: 'found', value: [] });
    expect(started.requests.map(({ path }) => path)).toEqual(['/workspaces/ws-1/api/v1/query']);
  },
);

test('a workspace that does not exist is absent, not unavailable', async () => {
  const ports = testPorts(as());
  const started = await start(EMPTY, ports);
  expect(await askOne(ports, { address: 'ws-gone' })).toMatchObject({
    kind: 'absent',
    subject: 'workspace ws-gone',
    detail: expect.stringContaining('not in eu-west-1'),
  });
  const endpoint = `${started.url}/workspaces/ws-gone`;
  expect(await askOne(ports, { address: 'ws-gone', endpoint })).toMatchObject({
    kind: 'absent',
    subject: 'workspace ws-gone',
  });
});

test('a right that is missing is named', async () => {
  const ports = testPorts(as());
  const started = await start(EMPTY, ports);
  started.deny('aps:DescribeWorkspace');
  expect(await askOne(ports)).toMatchObject({
    reason: 'denied',
    detail: expect.stringContaining('aps:DescribeWorkspace'),
  });
});

test('a refusal that names no action says which one is needed and who asked', async () => {
  const ports = testPorts(as());
  await start(EMPTY, ports, {
    interfere: ({ action }) =>
      action === 'aps:QueryMetrics' ? json(403, '{"message":"Forbidden"}') : undefined,
  });
  const role = 'arn:aws:iam::111122223333:role/reader';
  expect(await askOne(ports, { role })).toMatchObject({
    reason: 'denied',
    detail: `HTTP 403: Forbidden; needed: aps:QueryMetrics on workspace ws-1, as ${role}`,
  });
});

test('without credentials the remedy is told and nothing is sent unsigned', async () => {
  const ports = testPorts();
  const started = await start(EMPTY, ports);
  const endpoint = `${started.url}/workspaces/ws-1`;
  for (const over of [{}, { endpoint }]) {
    expect(await askOne(ports, over)).toMatchObject({
      reason: 'denied',
      detail: expect.stringMatching(/no AWS credentials.*AWS_PROFILE/),
    });
  }
  expect(started.requests).toEqual([]);
});

test('a wrong secret or region is a matter of the signature', async () => {
  const ports = testPorts(as({ ...CREDENTIALS, secretAccessKey: 'wrong' }));
  const started = await start(EMPTY, ports);
  const endpoint = `${started.url}/workspaces/ws-1`;
  expect(await askOne(ports, { endpoint })).toMatchObject({ reason: 'clock' });
  expect(await askOne(testPorts(as()), { endpoint, region: 'us-east-1' })).toMatchObject({ reason: 'clock' });
});

test('the clock that signs is the one that was passed in', async () => {
  const server = testPorts(as());
  const started = await start(EMPTY, server);
  const endpoint = `${started.url}/workspaces/ws-1`;
  const late = testPorts({ ...as(), clock: fakeClock(server.clock.now() - 10 * 60_000) });
  expect(await askOne(late, { endpoint })).toMatchObject({
    reason: 'clock',
    detail: expect.stringContaining('Signature expired'),
  });
});

test('an expired token is renewed once and the question asked again', async () => {
  const clock = fakeClock();
  const expired = { accessKeyId: 'AKOLD', secretAccessKey: 's', sessionToken: 'old' };
  const fresh = { accessKeyId: 'AKNEW', secretAccessKey: 's', sessionToken: 'new' };
  const renewals: boolean[] = [];
  const provider: CredentialProvider = async (options) => {
    renewals.push(options?.forceRefresh ?? false);
    return options?.forceRefresh ? fresh : expired;
  };
  const ports = testPorts({ clock, credentials: () => provider });
  const started = await start(EMPTY, ports, {
    credentials: [{ ...expired, expiresAt: clock.now() - 1000 }, fresh],
  });
  expect(await askOne(ports, { endpoint: `${started.url}/workspaces/ws-1` })).toMatchObject({
    kind: 'found',
  });
  expect(renewals).toEqual([false, true]);
});

test('the cost guard refuses one question and leaves the others', async () => {
  const ports = testPorts(as());
  const samples = Array.from({ length: 40 }, (_, i) => ({
    at: ports.clock.now() - (39 - i) * 1000,
    value: 1,
    stale: false,
  }));
  const metric = (name: string, size: number) =>
    storedSeries(new Map([['__name__', name]]), samples.slice(samples.length - size));
  await start({ series: [metric('small', 2), metric('large', 40)] }, ports);
  const ask = (name: string): Question => ({ ...QUESTION, of: { metric: name, match: [] } });
  const source = amp(workspace({ maxSamplesProcessed: 20 }), ports);
  const [small, large] = [...(await source.ask([ask('small'), ask('large')])).values()];
  expect(small).toMatchObject({ kind: 'found' });
  expect(large).toMatchObject({ kind: 'unavailable', reason: 'too-expensive' });
  expect([...ports.memory.expensive]).toEqual(['count(last_over_time(large[1m]))']);
});
