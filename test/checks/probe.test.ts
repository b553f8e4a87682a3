import * as fc from 'fast-check';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { CredentialProvider } from '../../lib/aws/credentials.ts';
import type { StreamSignal } from '../../lib/signal.ts';
import { sourceMemory, type SourcePorts } from '../../lib/sources/source.ts';
import { type SignalVerdict, verifyCluster } from '../../lib/verify.ts';
import { type Amp, type AmpOptions, startAmp } from '../../rehearsal/amp.ts';
import { json } from '../../rehearsal/http.ts';
import { RATE_LIMITED, remoteWriteReceiver, type RemoteWriteOptions } from '../../rehearsal/remote-write.ts';
import { type Storage, storedSeries } from '../../rehearsal/storage.ts';
import { type FakeClock, fakeClock, testPorts } from '../support/ports.ts';
import { signal } from '../support/world.ts';

const CREDENTIALS = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' };
const MINUTE_MS = 60_000;
const ROLE = 'arn:aws:iam::111122223333:role/reader';

interface World {
  readonly amp: Amp;
  readonly clock: FakeClock;
  /** One run of the cluster, by default in a process that remembers the others. */
  readonly run: (
    over?: Partial<SourcePorts>,
    ...signals: readonly Partial<StreamSignal>[]
  ) => Promise<readonly SignalVerdict[]>;
  /** The verdict on the one signal, in words. */
  readonly told: (over?: Partial<SourcePorts>) => Promise<readonly string[]>;
  /** What has been asked since the last call. */
  readonly asked: () => readonly string[];
}

/** A workspace with one series that gets a sample every 30 seconds until `until`. */
async function world(
  receiving: RemoteWriteOptions = {},
  options: Partial<AmpOptions> = {},
  until = Number.POSITIVE_INFINITY,
): Promise<World> {
  const clock = fakeClock();
  const start = clock.now();
  const samples = Array.from({ length: 2000 }, (_, index) => ({
    at: start + (index - 1000) * 30_000,
    value: 1,
    stale: false,
  })).filter(({ at }) => at < until);
  const storage: Storage = { series: [storedSeries(new Map([['__name__', 'm']]), samples)] };
  const amp = await startAmp({
    clock,
    region: 'eu-west-1',
    credentials: [CREDENTIALS],
    workspaces: new Map([['ws-1', storage]]),
    receivers: new Map([['ws-1', remoteWriteReceiver(receiving)]]),
    ...options,
  });
  onTestFinished(() => amp.close());
  vi.stubEnv('AWS_ENDPOINT_URL_AMP', amp.url);
  onTestFinished(() => {
    vi.unstubAllEnvs();
  });
  const memory = sourceMemory();
  const run: World['run'] = async (over = {}, ...signals) => {
    const ports = testPorts({
      clock,
      memory,
      deadline: clock.now() + 30_000,
      credentials: () => async () => CREDENTIALS,
      ...over,
    });
    const planned = (signals.length === 0 ? [{}] : signals).map((one) => ({
      judged: true,
      signal: signal({
        plane: 'amp',
        address: 'ws-1',
        role: ROLE,
        cluster: 'prod-eu',
        everyMs: 5 * MINUTE_MS,
        probe: { within: 2 * MINUTE_MS },
        ...one,
      }),
    }));
    const onDefect = (error: unknown): never => {
      throw error;
    };
    const cluster = { name: 'prod-eu', region: 'eu-west-1', signals: planned };
    return (await verifyCluster(cluster, { ...ports, onDefect })).signals;
  };
  let seen = 0;
  return {
    amp,
    clock,
    run,
    told: async (over) => (await run(over)).flatMap(words),
    asked: () => {
      const asked = amp.requests.slice(seen).map(({ action = '' }) => action);
      seen = amp.requests.length;
      return asked.toSorted();
    },
  };
}

function words({ verdict, findings, unavailable, evidence }: SignalVerdict): readonly string[] {
  return [
    verdict,
    ...findings.map(({ expectation, observed }) => `${expectation}: ${observed}`),
    ...unavailable.map(({ expectation, reason, detail }) => `${expectation}: ${reason}: ${detail}`),
    ...evidence.facts,
  ];
}

const COLD = () => ({ memory: sourceMemory() });

describe('a workspace that works', () => {
  test('the very first sample is read back in the same run: one write, one read', async () => {
    const { told, asked, clock } = await world();
    expect(await told()).toEqual(['ok', 'a sample of its own was readable after 0.5s']);
    expect(asked()).toEqual([
      'aps:DescribeWorkspace',
      'aps:QueryMetrics',
      'aps:QueryMetrics',
      'aps:RemoteWrite',
    ]);
    clock.advance(5 * MINUTE_MS);
    expect(await told()).toEqual(['ok', 'a sample of its own was readable after 0.5s']);
    expect(asked()).toEqual(['aps:QueryMetrics', 'aps:QueryMetrics', 'aps:RemoteWrite']);
  });

  test('without the key nothing is written', async () => {
    const { run, asked } = await world();
    const [verdict] = await run({}, { probe: undefined });
    expect(verdict?.verdict).toBe('ok');
    expect(asked()).not.toContain('aps:RemoteWrite');
  });

  test('the probes of many signals share one write and one read', async () => {
    const { run, asked } = await world();
    const signals = Array.from({ length: 20 }, (_, index) => ({ name: `canary-${index}` }));
    expect((await run({}, ...signals)).map(({ verdict }) => verdict)).toEqual(signals.map(() => 'ok'));
    expect(asked()).toEqual([
      'aps:DescribeWorkspace',
      'aps:QueryMetrics',
      'aps:QueryMetrics',
      'aps:RemoteWrite',
    ]);
  });

  test('what it shows after some seconds is waited for', async () => {
    const { told } = await world({ delayMs: () => 3000 });
    expect(await told(COLD())).toEqual(['ok', 'a sample of its own was readable after 3.5s']);
  });

  test('what it shows after a minute is proven by the run before', async () => {
    const { told, clock } = await world({ delayMs: () => MINUTE_MS });
    expect(await told()).toEqual([
      'unknown',
      'probe: not-listed-yet: a sample of its own was written and cannot be read yet; a later run tells after 2m',
    ]);
    for (const ports of [{}, COLD(), {}]) {
      clock.advance(5 * MINUTE_MS);
      expect(await told(ports)).toEqual([
        'ok',
        expect.stringMatching(/^a sample of its own was readable that was written 5m( \d+s)? ago$/),
      ]);
    }
  });

  test('a run never waits for it longer than some seconds, nor beyond half of its time', async () => {
    const { told, clock } = await world({ delayMs: () => MINUTE_MS });
    let before = clock.now();
    await told();
    expect(clock.now() - before).toBeLessThanOrEqual(10_000);
    before = clock.now();
    await told({ deadline: before + 6000 });
    expect(clock.now() - before).toBeLessThanOrEqual(3000);
  });

  test('where its own series are silent, it says that what sends is to blame', async () => {
    const { told } = await world({}, {}, fakeClock().now() - 20 * MINUTE_MS);
    expect(await told()).toEqual([
      'failing',
      expect.stringMatching(/^fresh: newest sample 20m/),
      'a sample of its own was readable after 0.5s: the backend works, look at what sends',
    ]);
  });

  test('two runs at once write the same series, and both are ok', async () => {
    const { run, clock } = await world();
    const both = await Promise.all([run(), run(COLD())]);
    clock.advance(5 * MINUTE_MS);
    for (const [verdict] of [...both, await run()]) expect(verdict?.verdict).toBe('ok');
  });
});

describe('a workspace that takes no samples', () => {
  test('for want of series: what is there goes on, and what is new is refused with its words', async () => {
    let limit = 1;
    const { run } = await world({ seriesLimit: () => limit });
    const names = [{ name: 'first' }, { name: 'second' }];
    await run({}, { name: 'first' });
    const [first, second] = await run({}, ...names);
    expect(first?.verdict).toBe('ok');
    expect(second?.verdict).toBe('failing');
    expect(second?.findings).toEqual([
      {
        expectation: 'probe',
        subject: 'a sample of its own',
        expected: 'readable within 2m',
        observed:
          'workspace ws-1 refuses samples: HTTP 400: per-user series limit of 1 exceeded, please contact administrator to raise it',
        question: expect.stringContaining('signal="second"'),
      },
    ]);
    limit = 2;
    expect((await run({}, ...names)).map(({ verdict }) => verdict)).toEqual(['ok', 'ok']);
  });

  test('too many samples at once: after three tries, with its words', async () => {
    const { told, asked } = await world(
      {},
      { interfere: ({ action }) => (action === 'aps:RemoteWrite' ? RATE_LIMITED : undefined) },
    );
    expect(await told()).toEqual([
      'failing',
      'probe: workspace ws-1 refuses samples: HTTP 429: ingestion rate limit (170000) exceeded while adding 1 samples and 0 metadata',
    ]);
    expect(asked().filter((action) => action === 'aps:RemoteWrite')).toHaveLength(3);
  });

  test('broken: after three tries; with its own series silent too, the backend is to blame', async () => {
    const isWrite = ({ action }: { action: string | undefined }) => action === 'aps:RemoteWrite';
    const { told } = await world(
      {},
      {
        interfere: (request) => (isWrite(request) ? { status: 503, body: 'no healthy upstream' } : undefined),
      },
      fakeClock().now() - 20 * MINUTE_MS,
    );
    expect(await told()).toEqual([
      'failing',
      expect.stringMatching(/^fresh: /),
      'probe: workspace ws-1 does not take samples: HTTP 503: no healthy upstream',
      'its own series are silent too: the backend is broken, not what sends',
    ]);
  });

  test('one bad moment is no finding', async () => {
    let bad = 2;
    const { told } = await world(
      {},
      {
        interfere: ({ action }) => {
          if (action !== 'aps:RemoteWrite' || bad === 0) return undefined;
          bad -= 1;
          return { status: 503, body: '' };
        },
      },
    );
    expect((await told())[0]).toBe('ok');
  });

  test('taken and never shown: told by a process that saw one taken longer ago than it may last', async () => {
    let isBlind = false;
    const { told, clock } = await world({ delayMs: () => (isBlind ? Number.POSITIVE_INFINITY : 0) });
    expect((await told())[0]).toBe('ok');
    isBlind = true;
    clock.advance(5 * MINUTE_MS);
    expect((await told())[0]).toBe('ok');
    clock.advance(5 * MINUTE_MS);
    expect(await told()).toEqual([
      'failing',
      expect.stringMatching(
        /^probe: one written 5m( \d+s)? ago is not readable; the newest that is was written 10m( \d+s)? ago$/,
      ),
    ]);
    isBlind = false;
    expect((await told())[0]).toBe('ok');
  });

  test('a short bound is judged in the same run', async () => {
    const { run } = await world({ delayMs: () => MINUTE_MS });
    const [verdict] = await run({}, { probe: { within: 5000 } });
    expect(verdict?.findings).toMatchObject([
      { expected: 'readable within 5s', observed: 'one written 5s ago is not readable; none is' },
    ]);
  });
});

describe('what it cannot tell', () => {
  test('a process without memory accuses nobody of a silence that may be its own', async () => {
    let isBlind = false;
    const { told, clock } = await world({ delayMs: () => (isBlind ? Number.POSITIVE_INFINITY : 0) });
    await told(COLD());
    isBlind = true;
    clock.advance(60 * MINUTE_MS);
    expect(await told(COLD())).toEqual([
      'unknown',
      expect.stringMatching(
        /^probe: incomplete: the newest sample of its own that can be read was written 1h( \d+s)? ago, and nobody here knows/,
      ),
    ]);
  });

  test('after a pause of days an old write accuses nobody', async () => {
    const { told, clock } = await world({ delayMs: () => MINUTE_MS });
    await told();
    clock.advance(3 * 24 * 60 * MINUTE_MS);
    const [verdict, ...reasons] = await told();
    expect(verdict).toBe('failing'); // The metric of the world ends: the probe alone is of interest.
    expect(reasons.filter((one) => one.startsWith('probe:'))).toEqual([
      expect.stringMatching(/^probe: not-listed-yet:/),
    ]);
  });

  test('the right to write is missing: denied, by its name and for whom; nothing else is blind', async () => {
    const { amp, told } = await world();
    amp.deny('aps:RemoteWrite');
    expect(await told()).toEqual([
      'unknown',
      expect.stringMatching(/^probe: denied: .*aps:RemoteWrite on resource: arn:aws:aps:eu-west-1/),
    ]);
  });

  test('a refusal that names no action says which one is needed', async () => {
    const { told } = await world(
      {},
      {
        interfere: ({ action }) =>
          action === 'aps:RemoteWrite' ? json(403, '{"message":"Forbidden"}') : undefined,
      },
    );
    expect(await told()).toEqual([
      'unknown',
      `probe: denied: HTTP 403: Forbidden; needed: aps:RemoteWrite on workspace ws-1, as ${ROLE}`,
    ]);
  });

  test.each([
    ['the connection is cut', 'reset' as const, 'unreachable'],
    [
      'it is a form that the server does not know',
      { status: 400, body: 'snappy: corrupt input' },
      'rejected',
    ],
    ['another has written a newer one, says Thanos', { status: 409, body: 'conflict' }, 'clock'],
    ['a proxy refuses the request', { status: 413, body: '<title>Too Large</title>' }, 'rejected'],
    ['nothing is there', { status: 404, body: 'page not found' }, 'rejected'],
    ['the time of a gateway was up', { status: 504, body: '' }, 'timeout'],
  ])('%s', async (_what, outcome, reason) => {
    const { told } = await world(
      {},
      { interfere: ({ action }) => (action === 'aps:RemoteWrite' ? outcome : undefined) },
    );
    expect(await told()).toEqual(['unknown', expect.stringMatching(`^probe: ${reason}: `)]);
  });

  test('a write that hangs leaves the others their answers', async () => {
    const { told, clock } = await world(
      {},
      { interfere: ({ action }) => (action === 'aps:RemoteWrite' ? 'hang' : undefined) },
    );
    expect(await told({ deadline: clock.now() + 4000 })).toEqual([
      'unknown',
      expect.stringMatching(/^probe: timeout: /),
    ]);
  });

  test('taken, and the right to read is missing: denied', async () => {
    const { amp, told } = await world();
    amp.deny('aps:QueryMetrics');
    expect(await told()).toContainEqual(expect.stringMatching(/^probe: denied: .*aps:QueryMetrics/));
  });

  test('a workspace that does not exist is one finding', async () => {
    const { run } = await world();
    const [verdict] = await run({}, { address: 'ws-gone' });
    expect(verdict?.findings).toMatchObject([{ expectation: 'exists', subject: 'workspace ws-gone' }]);
  });

  test('another writer whose clock is ahead: no accusation, and ok as soon as anything new can be read', async () => {
    const { run, told, clock } = await world();
    const ahead = { ...fakeClock(clock.now() + 4 * MINUTE_MS) };
    // Signatures may be that far ahead; another process, which is well but for its clock.
    await run({ clock: ahead, deadline: ahead.now() + 30_000, memory: sourceMemory() });
    expect(await told()).toEqual([
      'unknown',
      expect.stringMatching(/^probe: clock: another writer of the same probe is ahead.*out of order sample/),
    ]);
    clock.advance(5 * MINUTE_MS);
    expect((await told())[0]).toBe('ok');
  });
});

test('a token that expired early is renewed once, for the write too', async () => {
  const expired = { accessKeyId: 'AKOLD', secretAccessKey: 's', sessionToken: 'old' };
  const fresh = { accessKeyId: 'AKNEW', secretAccessKey: 's', sessionToken: 'new' };
  const renewals: boolean[] = [];
  const provider: CredentialProvider = async (options) => {
    renewals.push(options?.forceRefresh ?? false);
    return options?.forceRefresh ? fresh : expired;
  };
  const { run, amp } = await world(
    {},
    { credentials: [{ ...expired, expiresAt: fakeClock().now() - 1000 }, fresh] },
  );
  const [verdict] = await run(
    { credentials: () => provider },
    { endpoint: `${amp.url}/workspaces/ws-1/api/v1/remote_write`, expectsSeries: false },
  );
  expect(verdict).toMatchObject({ verdict: 'ok', findings: [], unavailable: [] });
  const writes = amp.requests.filter(({ action }) => action === 'aps:RemoteWrite');
  expect(writes.map(({ path }) => path)).toEqual(Array(2).fill('/workspaces/ws-1/api/v1/remote_write'));
  expect(renewals).toContain(true);
});

test('whoever runs it, whenever, with clocks that differ a little: what is shown in time is never a finding', async () => {
  const step = fc.record({
    pauseMs: fc.oneof(fc.integer({ min: 0, max: 5000 }), fc.integer({ min: 0, max: 40 * MINUTE_MS })),
    delayMs: fc.integer({ min: 0, max: MINUTE_MS }),
    process: fc.constantFrom('lambda', 'other lambda', 'cold', 'laptop'),
  });
  const verdicts = new Set<string | undefined>();
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 12 }), async (steps) => {
      let delayMs = 0;
      const { run, clock } = await world({ delayMs: () => delayMs });
      const memories = { lambda: sourceMemory(), 'other lambda': sourceMemory() };
      for (const { pauseMs, process, ...drawn } of steps) {
        ({ delayMs } = drawn);
        clock.advance(pauseMs);
        const skewMs = process === 'laptop' ? 20_000 : 0;
        const own = { ...clock, now: () => clock.now() + skewMs };
        const memory =
          process === 'lambda' || process === 'other lambda' ? memories[process] : sourceMemory();
        const [verdict] = await run(
          { clock: own, memory, deadline: own.now() + 30_000 },
          { expectsSeries: false },
        );
        expect(verdict?.findings).toEqual([]);
        verdicts.add(verdict?.verdict);
      }
    }),
    { numRuns: 25 },
  );
  expect(verdicts).toEqual(new Set(['ok', 'unknown']));
});
