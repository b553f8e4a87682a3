import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../../lib/clock.ts';
import type { ObservedUnits } from '../../lib/requests.ts';
import { sourceMemory, type SourcePorts } from '../../lib/sources/source.ts';
import { type SignalVerdict, verifyCluster } from '../../lib/verify.ts';
import { testPorts } from '../support/ports.ts';
import { type PrometheusServer, realPrometheus, startPrometheus } from '../support/prometheus.ts';
import { signal } from '../support/world.ts';

const HOSTILE = 'say "hi"\\ 🚀 {a="b"}';

async function verdicts(
  url: string,
  over: Partial<SourcePorts> = {},
  names: readonly string[] = ['canary'],
): Promise<readonly SignalVerdict[]> {
  const clock = over.clock ?? systemClock;
  const ports = testPorts({ ...over, clock, deadline: clock.now() + 20_000 });
  const signals = names.map((name) => ({
    judged: true,
    signal: signal({
      name,
      address: url,
      cluster: 'prod-eu',
      metric: 'up',
      expectsSeries: false,
      probe: { within: 120_000 },
    }),
  }));
  const onDefect = (error: unknown): never => {
    throw error;
  };
  return (await verifyCluster({ name: 'prod-eu', region: 'eu-west-1', signals }, { ...ports, onDefect }))
    .signals;
}

async function stored(url: string, selector: string): Promise<readonly object[]> {
  const body = new URLSearchParams({
    query: `last_over_time(${selector}[1d])`,
    time: String(Date.now() / 1000 + 300),
  });
  const answer = (await (await fetch(`${url}/api/v1/query`, { method: 'POST', body })).json()) as {
    data: { result: { metric: object }[] };
  };
  return answer.data.result.map(({ metric }) => metric);
}

describe.skipIf(!realPrometheus.available)('a real Prometheus', () => {
  let server: PrometheusServer;
  beforeAll(async () => {
    server = await startPrometheus({ flags: ['--web.enable-remote-write-receiver'] });
  });
  afterAll(() => server.stop());

  test('takes the sample and shows it', async () => {
    const requests: string[] = [];
    const units: ObservedUnits[] = [];
    const [verdict] = await verdicts(server.url, {
      onRequest: ({ action }) => requests.push(action),
      onUnits: (told) => units.push(told),
    });
    expect(units).toMatchObject([{ action: 'prometheus:write', unit: 'samples', count: 1 }]);
    expect(verdict).toMatchObject({ verdict: 'ok', unavailable: [], findings: [] });
    expect(verdict?.evidence.facts).toEqual([
      expect.stringMatching(/^a sample of its own was readable after [01]\.\ds$/),
    ]);
    expect(verdict?.evidence.questions).toContain(
      'max(max_over_time(plumbline_probe_timestamp_seconds{cluster="prod-eu",signal="canary"}[23h]))',
    );
    // One of the queries is the signal's own.
    expect(requests.sort()).toEqual(['prometheus:query', 'prometheus:query', 'prometheus:write']);
    expect(await stored(server.url, 'plumbline_probe_timestamp_seconds{signal="canary"}')).toEqual([
      { __name__: 'plumbline_probe_timestamp_seconds', cluster: 'prod-eu', signal: 'canary' },
    ]);
  });

  test('keeps any name, and takes many probes in one request', async () => {
    const names = [HOSTILE, ...Array.from({ length: 30 }, (_, index) => `signal-${index}`)];
    const requests: string[] = [];
    const all = await verdicts(server.url, { onRequest: ({ action }) => requests.push(action) }, names);
    expect(all.map(({ verdict }) => verdict)).toEqual(names.map(() => 'ok'));
    expect(requests.sort()).toEqual(['prometheus:query', 'prometheus:query', 'prometheus:write']);
    expect(
      await stored(server.url, '{__name__="plumbline_probe_timestamp_seconds",signal=~"say.*"}'),
    ).toEqual([expect.objectContaining({ signal: HOSTILE })]);
  });

  test.each([
    ['ahead of the server by two minutes', 120_000, 'ahead'],
    ['behind the server by two minutes', -120_000, 'behind'],
  ])('a clock that is %s changes nothing', async (_what, skewMs, name) => {
    const clock = { ...systemClock, now: () => systemClock.now() + skewMs };
    const [verdict] = await verdicts(server.url, { clock }, [name]);
    expect(verdict).toMatchObject({ verdict: 'ok', unavailable: [] });
    expect(verdict?.evidence.facts).toEqual([expect.stringMatching(/readable after/)]);
  });

  test('a writer whose clock went back, or that another is ahead of, accuses nobody', async () => {
    const ahead = { ...systemClock, now: () => systemClock.now() + 60_000 };
    const memory = sourceMemory();
    expect((await verdicts(server.url, { clock: ahead, memory }, ['back']))[0]?.verdict).toBe('ok');
    const [verdict] = await verdicts(server.url, { memory }, ['back']);
    expect(verdict).toMatchObject({
      verdict: 'unknown',
      findings: [],
      unavailable: [
        { expectation: 'probe', reason: 'clock', detail: expect.stringMatching(/out of order|too old/) },
      ],
    });
  });

  test('two at once are both ok', async () => {
    const runs = await Promise.all([
      verdicts(server.url, {}, ['both']),
      verdicts(server.url, {}, ['both']),
      verdicts(server.url, {}, ['both']),
    ]);
    expect(runs.map(([one]) => [one?.verdict, one?.unavailable])).toEqual(runs.map(() => ['ok', []]));
  });
});

test.skipIf(!realPrometheus.available)('a server that takes no samples is told how to', async () => {
  const server = await startPrometheus();
  try {
    const [verdict] = await verdicts(server.url);
    expect(verdict).toMatchObject({
      verdict: 'unknown',
      unavailable: [
        {
          expectation: 'probe',
          reason: 'rejected',
          detail: expect.stringMatching(/^HTTP 404.*--web.enable-remote-write-receiver/),
        },
      ],
    });
  } finally {
    await server.stop();
  }
});
