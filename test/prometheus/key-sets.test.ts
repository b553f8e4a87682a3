import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../../lib/clock.ts';
import { type KeySetCountsQuestion, questionKey } from '../../lib/question.ts';
import { prometheus } from '../../lib/sources/prometheus.ts';
import { answerQuery } from '../../rehearsal/prometheus-api.ts';
import { answerLabels } from '../../rehearsal/prometheus-labels.ts';
import { type StoredSeries, storedSeries } from '../../rehearsal/storage.ts';
import { serve } from '../support/http.ts';
import { testPorts } from '../support/ports.ts';
import { type PrometheusServer, realPrometheus, startPrometheus } from '../support/prometheus.ts';
import { remoteWrite } from '../support/remote-write.ts';
import { signal } from '../support/world.ts';

const NOW = systemClock.now();
const QUESTION: KeySetCountsQuestion = {
  ask: 'keySetCounts',
  of: { metric: 'm', match: [{ label: 'env', operator: '=', value: 'x' }] },
  freshMs: 4 * 60_000,
};

function series(labels: Readonly<Record<string, string>>, minutesAgo = 0): StoredSeries {
  const all = new Map(Object.entries({ __name__: 'm', env: 'x', ...labels }));
  return storedSeries(all, [{ at: NOW - minutesAgo * 60_000, value: 1, stale: false }]);
}

/** Series that would be alike without their values, one that lost a label, labels that look like marks, one that is gone. */
const SERIES = [
  ...Array.from({ length: 20 }, (_, index) => series({ job: 'a', instance: `${index}`, pod: `p${index}` })),
  series({ job: 'a', instance: 'x' }),
  series({ job: 'a', instance: 'y', _0: 'mark', _1: '1' }),
  series({ __proto__x: '1', constructor: '2' }),
  series({ job: 'a', version: '1' }, 20),
];

const SETS = [
  { names: ['_0', '_1', 'env', 'instance', 'job'], series: 1 },
  { names: ['__proto__x', 'constructor', 'env'], series: 1 },
  { names: ['env', 'instance', 'job'], series: 1 },
  { names: ['env', 'instance', 'job', 'pod'], series: 20 },
];

async function setsAt(address: string, requests: string[]) {
  const ports = testPorts({ clock: systemClock, onRequest: ({ action }) => void requests.push(action) });
  const source = prometheus(signal({ address }), ports);
  const ask = async () => (await source.ask([QUESTION])).get(questionKey(QUESTION));
  return { ask, source };
}

test('the simulated server counts exact sets of label names', async () => {
  const server = await serve(({ form, path }, response) => {
    const answer = path.endsWith('/labels') ? answerLabels : answerQuery;
    const { status, body } = answer(form, { series: SERIES }, systemClock.now());
    response.writeHead(status).end(body);
  });
  const { ask } = await setsAt(server.url, []);
  expect(await ask()).toMatchObject({ kind: 'found', value: SETS, partial: false });
});

describe.skipIf(!realPrometheus.available)('a real Prometheus', () => {
  let server: PrometheusServer;
  beforeAll(async () => {
    server = await startPrometheus({ flags: ['--web.enable-remote-write-receiver'] });
    await remoteWrite(`${server.url}/api/v1/write`, SERIES, 0, NOW);
  }, 60_000);
  afterAll(() => server.stop());

  test('counts exact sets of label names, and is asked for the names once', async () => {
    const requests: string[] = [];
    const { ask, source } = await setsAt(server.url, requests);
    expect(await ask()).toMatchObject({ kind: 'found', value: SETS, partial: false });
    expect(await ask()).toMatchObject({ kind: 'found', value: SETS, isRemembered: true });
    source.renew?.();
    expect(await ask()).not.toHaveProperty('isRemembered');
    expect(requests).toEqual([
      'prometheus:labels',
      'prometheus:query',
      'prometheus:query',
      'prometheus:labels',
      'prometheus:query',
    ]);
  });

  test('refuses what erases the values instead', async () => {
    const query = 'count by (job, pod) (label_replace(m{job="a"}, "instance", "x", "instance", ".+"))';
    const erased = query.replace('m{job="a"}', 'label_replace(m{job="a"}, "pod", "x", "pod", ".+")');
    const response = await fetch(`${server.url}/api/v1/query`, {
      method: 'POST',
      body: new URLSearchParams({ query: erased }),
    });
    expect(await response.text()).toContain('vector cannot contain metrics with the same labelset');
  });
});
