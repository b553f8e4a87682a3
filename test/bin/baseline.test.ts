import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import type { Baseline } from '../../lib/baseline/baseline.ts';
import { learn } from '../../lib/baseline/learn.ts';
import { systemClock } from '../../lib/clock.ts';
import { NOTHING } from '../../lib/incidents/memory.ts';
import { fileStore } from '../../lib/stores/file.ts';
import { answerLabels } from '../../rehearsal/prometheus-labels.ts';
import { answerQuery } from '../../rehearsal/prometheus-api.ts';
import { storedSeries } from '../../rehearsal/storage.ts';
import { plumbline, temporaryFile } from '../support/command-line.ts';
import { serve } from '../support/http.ts';

const HOUR = 3_600_000;

const config = (url: string, state: string) => `# Ours.
version: 1
state: file:${state}
clusters:
  - name: prod-eu   # the first
    region: eu-west-1
    signals:
      # Watch this one.
      - name: canary
        prometheus: ${url}
        metric: m
        by: [job]
        fresh: 4m
        series: { min: 1, drift: 20% }      # not less
        labels:
          drift: true
          values:
            drift: true
      - { name: other, prometheus: '${url}', metric: m, series: { drift: 20% } }
      - { name: plain, prometheus: '${url}', metric: m }
`;

/** What a day of healthy runs makes of ten series. */
function learned(series = 10): Baseline {
  let baseline: Baseline | undefined;
  const end = systemClock.now();
  for (let at = end - 30 * HOUR; at <= end; at += HOUR / 12) {
    const shape = {
      at,
      groups: [{ group: new Map([['job', 'a']]), series }],
      keySets: [{ names: ['instance', 'job', 'namespace'], series }],
      values: new Map([
        ['job', new Map([['a', series]])],
        ['namespace', new Map([['shop', series]])],
      ]),
    };
    baseline = learn(baseline, shape, { fed: true, rollout: false, drifts: [] });
  }
  if (!baseline) throw new Error('nothing was learned');
  return baseline;
}

/** A configuration beside its state, on a Prometheus where six of the ten series are left. */
async function deciding(baselines: Readonly<Record<string, Baseline>> = {}) {
  const series = Array.from({ length: 6 }, (_, index) => {
    const labels = { __name__: 'm', job: 'a', namespace: 'shop', instance: `${index}` };
    const samples = [{ at: systemClock.now() - 1000, value: 1, stale: false }];
    return storedSeries(new Map(Object.entries(labels)), samples);
  });
  const { url } = await serve(({ form, path }, response) => {
    const answer = path.endsWith('/labels') ? answerLabels : answerQuery;
    const { status, body } = answer(form, { series }, systemClock.now());
    response.writeHead(status).end(body);
  });
  const file = await temporaryFile('plumbline.yaml', '');
  const state = join(dirname(file), 'state');
  await writeFile(file, config(url, state));
  const store = fileStore(state, { clock: systemClock });
  for (const [name, baseline] of Object.entries(baselines))
    await store.writeBaseline('prod-eu', name, baseline, 0);
  const run = (...args: readonly string[]) => plumbline([...args, '--config', file]);
  return { run, file, store, state };
}

test('what was learned is shown, as text and as JSON', async () => {
  const { run } = await deciding({ canary: learned() });
  const shown = await run('baseline', 'show');
  expect([shown.code, shown.stderr]).toEqual([0, '']);
  expect(shown.stdout).toContain('prod-eu canary: learned, since 20');
  expect(shown.stdout).toContain('  series    10 live series, median 10\n');
  expect(shown.stdout).toContain('  group     job=a  10 live series\n');
  expect(shown.stdout).toContain('  set       [instance, job, namespace]  10 live series\n');
  expect(shown.stdout).toContain('  label     namespace  on 100%\n');
  expect(shown.stdout).toContain('  values    namespace  shop\n');
  expect(shown.stdout).toContain('prod-eu other: nothing learned yet; only scheduled runs learn\n');
  const json = await run('baseline', 'show', '--signal', 'canary', '--format', 'json');
  expect(JSON.parse(json.stdout)).toMatchObject({
    version: 1,
    baselines: [
      {
        cluster: 'prod-eu',
        signal: 'canary',
        problem: null,
        baseline: {
          learned: '24/24',
          isJudged: true,
          series: { from: 10, to: 10, median: 10 },
          groups: [{ labels: [{ label: 'job', value: 'a' }], from: 10, to: 10 }],
          accepted: [],
        },
      },
    ],
  });
});

test('a drop is told by check, until it is accepted, with who, when and why', async () => {
  const { run, store } = await deciding({ canary: learned() });
  const now = systemClock.now();
  const states = [
    { version: 'v0.33.0', at: now - 24 * HOUR },
    { version: 'v0.35.0', at: now - HOUR / 6 },
  ];
  const machinery = [{ of: 'add-on prod-eu/adot', did: 'changed' as const, states }];
  await store.write('prod-eu', { ...NOTHING, machinery }, 0);
  const before = await run('check', '--signal', 'canary');
  expect(before.code).toBe(1);
  expect(before.stdout).toContain('series.drift  job=a\n      observed  6 live series, 40% fewer\n');
  expect(before.stdout).toContain('add-on prod-eu/adot went from v0.33.0 to v0.35.0');
  const decided = ['--by', 'alice', '--reason', 'smaller on purpose'];
  const accepted = await run('baseline', 'accept', '--signal', 'canary', ...decided);
  expect(accepted).toMatchObject({
    code: 0,
    stdout: 'prod-eu canary: what is there now is usual\n',
    stderr: '',
  });
  const after = await run('check', '--signal', 'canary');
  expect([after.code, after.stdout]).toEqual([0, expect.stringContaining('ok      prod-eu')]);
  expect((await run('baseline', 'show', '--signal', 'canary')).stdout).toMatch(
    / {2}accepted {2}\S+ \S+Z by alice: smaller on purpose\n/,
  );
});

test('without a baseline check says how far learning is; nothing is there to accept', async () => {
  const { run } = await deciding();
  const { code, stdout } = await run('check', '--signal', 'canary');
  expect([code, stdout]).toEqual([0, expect.stringContaining('canary (learning 0/24, 6 live series)')]);
  const accepted = await run('baseline', 'accept', '--signal', 'canary', '--reason', 'why not');
  expect(accepted).toMatchObject({
    code: 3,
    stdout: '',
    stderr:
      'plumbline: prod-eu canary: nothing has been learned of it yet, so that there is nothing to accept; only scheduled runs learn\n',
  });
});

test('a reset forgets what was learned and keeps who said so, also of what cannot be read', async () => {
  const { run, store, state } = await deciding({ canary: learned(), other: learned() });
  await writeFile(join(state, 'baselines/prod-eu/canary.json'), 'nonsense');
  expect((await run('baseline', 'show', '--signal', 'canary')).code).toBe(4);
  const reset = await run('baseline', 'reset', '--all', '--by', 'alice', '--reason', 'moved');
  expect([reset.code, reset.stdout]).toEqual([
    0,
    'prod-eu canary: learning begins anew\nprod-eu other: learning begins anew\n',
  ]);
  const stored = await store.baselines('prod-eu');
  for (const name of ['canary', 'other']) {
    expect(stored.get(name)).toMatchObject({
      baseline: { accepted: [{ by: 'alice', why: 'begun anew: moved' }] },
    });
  }
  expect((await run('check', '--signal', 'canary')).stdout).toContain('learning 0/24');
});

test('a pin adds what is missing, and leaves everything else as it is', async () => {
  const { run, file } = await deciding({ canary: learned(), other: learned() });
  const before = await readFile(file, 'utf8');
  const pinned = await run('baseline', 'pin');
  expect([pinned.code, pinned.stderr]).toEqual([0, '']);
  expect(pinned.stdout).toBe(
    [
      'prod-eu canary: series.max: 12',
      'prod-eu canary: labels.require: [ instance, job, namespace ]',
      'prod-eu canary: labels.values.job: [ a ]',
      'prod-eu canary: labels.values.namespace: [ shop ]',
      'prod-eu canary: series.min is there already, left as it is',
      'prod-eu other: series.min: 8',
      'prod-eu other: series.max: 12',
      '',
    ].join('\n'),
  );
  const after = before
    .replace(
      'series: { min: 1, drift: 20% }      # not less',
      'series: { min: 1, drift: 20%, max: 12 }      # not less',
    )
    .replace(
      '          values:\n            drift: true\n',
      [
        '          values:',
        '            drift: true',
        '            job: [ a ]',
        '            namespace: [ shop ]',
        '          require: [ instance, job, namespace ]',
        '',
      ].join('\n'),
    )
    .replace('series: { drift: 20% } }', 'series: { drift: 20%, min: 8, max: 12 } }');
  expect(await readFile(file, 'utf8')).toBe(after);
  expect((await run('baseline', 'pin')).stdout).toContain('labels.require is there already');
  expect(await readFile(file, 'utf8')).toBe(after);
});

test.each([
  [['accept', '--reason', 'x'], ['nothing is named; write --cluster NAME, --signal NAME or both, or --all']],
  [['accept', '--all', '--signal', 'canary', '--reason', 'x'], ['--all is everything']],
  [
    ['accept', '--signal', 'plain', '--reason', 'x'],
    ['signal "plain" has no baseline; expect no drift of it'],
  ],
  [
    ['accept', '--signal', 'canry', '--reason', ' '],
    ['--reason " " is no reason', 'did you mean "canary"?'],
  ],
  [['reset', '--cluster', 'prod-us', '--reason', 'x'], ['there is no cluster "prod-us"']],
  [['show', '--signal', 'plain'], ['has no baseline']],
  [['pin', '--signal', 'plain'], ['has no baseline']],
])('%j is refused with what is wrong', async (args, expected) => {
  const { run } = await deciding();
  const { code, stdout, stderr } = await run('baseline', ...args);
  expect([code, stdout]).toEqual([2, '']);
  for (const words of expected) expect(stderr).toContain(words);
});
