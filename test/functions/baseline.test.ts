import { mkdtemp, rm } from 'node:fs/promises';
import { globSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { learn } from '../../lib/baseline/learn.ts';
import type { Baseline } from '../../lib/baseline/baseline.ts';
import { systemClock } from '../../lib/clock.ts';
import { fileStore } from '../../lib/stores/file.ts';
import { inOrder, serve, vector } from '../support/http.ts';
import { ROOT } from '../support/process.ts';
import { builtFunction } from './functions.ts';

const functions = builtFunction('baseline');
const HOUR = 3_600_000;

const CONFIG = `
version: 1
state: file:\${env:STATE}
clusters:
  - name: prod-eu
    region: eu-west-1
    signals:
      - { name: scrape-canary, prometheus: '\${env:PROMETHEUS}', metric: m, series: { drift: 20% } }
      - { name: plain, prometheus: '\${env:PROMETHEUS}', metric: m }
`;
beforeAll(() => functions.configure(CONFIG));

const sample = (name: string): unknown =>
  JSON.parse(readFileSync(`${ROOT}events/baseline-${name}.json`, 'utf8'));

function learned(): Baseline {
  let baseline: Baseline | undefined;
  for (let at = systemClock.now() - 30 * HOUR; at <= systemClock.now(); at += HOUR / 12) {
    const shape = { at, groups: [{ group: new Map<string, string>(), series: 10 }] };
    baseline = learn(baseline, shape, { fed: true, rollout: false, drifts: [] });
  }
  if (!baseline) throw new Error('nothing was learned');
  return baseline;
}

/** A directory for state with a baseline of ten series, a Prometheus that has so many, and the function with them. */
async function deciding(series = '6') {
  const state = await mkdtemp(join(tmpdir(), 'plumbline-state-'));
  onTestFinished(() => rm(state, { recursive: true, force: true }));
  const store = fileStore(state, { clock: systemClock });
  await store.writeBaseline('prod-eu', 'scrape-canary', learned(), 0);
  const answers = Array.from({ length: 9 }, () => ({
    status: 200,
    body: vector([[{ plumbline_q: '0' }, series]], systemClock.now() / 1000),
  }));
  const { url } = await serve(inOrder(...answers));
  const invoke = async (event: unknown) =>
    (await functions.invoke(event, { env: { STATE: state, PROMETHEUS: url } })).results[0]?.returned;
  return { invoke, store };
}

test('the sample events are those of this test', () => {
  expect(globSync('events/baseline-*.json', { cwd: ROOT }).toSorted()).toEqual(
    ['accept', 'reset', 'show'].map((what) => `events/baseline-${what}.json`),
  );
});

test('what is usual is shown, accepted and reset', async () => {
  const { invoke } = await deciding();
  expect(await invoke(sample('show'))).toMatchObject({
    version: 1,
    baselines: [
      { cluster: 'prod-eu', signal: 'scrape-canary', baseline: { learned: '24/24', series: { from: 10 } } },
    ],
  });
  const decided = [{ cluster: 'prod-eu', signal: 'scrape-canary', problem: null }];
  expect(await invoke(sample('accept'))).toEqual({ decided });
  expect(await invoke(sample('show'))).toMatchObject({
    baselines: [
      {
        baseline: {
          series: { from: 6 },
          accepted: [{ by: 'alice', why: 'the collector was upgraded on purpose' }],
        },
      },
    ],
  });
  expect(await invoke(sample('reset'))).toEqual({ decided });
  expect(await invoke(sample('show'))).toMatchObject({
    baselines: [{ baseline: { learned: '0/24', series: null, accepted: [{}, { by: 'alice' }] } }],
  });
});

test('nothing is accepted that cannot be seen', async () => {
  const { invoke, store } = await deciding('0');
  expect(await invoke(sample('accept'))).toMatchObject({
    decided: [{ problem: 'it has no live series that could become usual' }],
  });
  expect((await store.baselines('prod-eu')).get('scrape-canary')).toMatchObject({ version: 1 });
});

test.each([
  [{}, ['the event asks for nothing; write { "show": {} }']],
  [null, ['the event is not a JSON object']],
  [{ show: {}, reset: {} }, ['asks for show and reset; ask for one']],
  [{ shwo: {} }, ['"shwo" is not a known key; did you mean "show"?', 'asks for nothing']],
  [{ show: { by: 'x' } }, ['"by" is not a known key']],
  [{ accept: { signals: ['scrape-canary'] } }, ['by is missing', 'reason is missing']],
  [{ accept: { by: 'alice', reason: 'x' } }, ['nothing is named; write "clusters": ["…"]']],
  [
    { reset: { signals: ['plain'], by: 'a\nb', reason: 'x' } },
    ['is nobody', 'signal "plain" has no baseline'],
  ],
])('a wrong event is answered with everything that is wrong: %j', async (event, expected) => {
  const { invoke } = await deciding();
  expect(await invoke(event)).toEqual({
    error: 'the event cannot be run',
    problems: expected.map((words) => expect.stringContaining(words) as string),
  });
});
