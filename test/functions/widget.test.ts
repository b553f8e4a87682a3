import { globSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { systemClock } from '../../lib/clock.ts';
import { openStore } from '../../lib/stores/index.ts';
import { startDynamoDB } from '../../rehearsal/dynamodb.ts';
import { serve } from '../support/http.ts';
import { ROOT } from '../support/process.ts';
import { episode } from '../stores/memories.ts';
import { builtFunction, CREDENTIALS } from './functions.ts';

const functions = builtFunction('widget');

const CONFIG = `
version: 1
clusters:
  - name: prod-eu
    region: eu-west-1
    signals:
      - { name: canary, amp: ws-1234, metric: up, runbook: 'https://wiki.example/adot' }
      - { name: emf, cloudwatch: ContainerInsights, metric: up }
  - name: staging
    region: eu-west-1
    signals:
      - { name: canary, amp: ws-5678, metric: up }
`;

/** A table in which a failing cluster is remembered, and what a function needs to read it. */
async function remembered() {
  const credentials = {
    accessKeyId: CREDENTIALS.AWS_ACCESS_KEY_ID,
    secretAccessKey: CREDENTIALS.AWS_SECRET_ACCESS_KEY,
  };
  const table = 'plumbline-state';
  const dynamodb = await startDynamoDB({
    clock: systemClock,
    region: 'eu-west-1',
    credentials: [credentials],
    table,
  });
  onTestFinished(() => dynamodb.close());
  const directory = await mkdtemp(join(tmpdir(), 'plumbline-state-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const at = Date.now() - 60_000;
  const store = openStore(`file:${directory}`, {
    clock: systemClock,
    region: undefined,
    credentials: () => expect.unreachable(),
  });
  const failing = episode({
    since: at - 7_200_000,
    opened: { at, key: 'k', because: 'failing in 2 runs in a row' },
  });
  await store.write(
    'prod-eu',
    { runs: [{ id: 'r', at }], signals: { canary: { plane: 'amp', severity: 'critical', failing } } },
    0,
  );
  const none = { unknown: [], opened: [], ended: [] };
  await store.addRun({ cluster: 'prod-eu', id: 'r', at, ok: ['emf'], failing: ['canary'], ...none });
  const file = { STATE: directory };
  const env = { ...CREDENTIALS, STATE_TABLE: table, AWS_ENDPOINT_URL_DYNAMODB: dynamodb.url };
  return { file, env, dynamodb };
}

const sample = (file: string): unknown => JSON.parse(readFileSync(ROOT + file, 'utf8'));
const STATEFUL = `${CONFIG}state: 'file:\${env:STATE}'\n`;

async function widget(config: string, event: unknown, env: Record<string, string>): Promise<string> {
  await functions.configure(config);
  const { results } = await functions.invoke(event, { env });
  return String(results[0]?.returned);
}

describe('the sample events', () => {
  test('are those of this test', () => {
    expect(globSync('events/widget*.json', { cwd: ROOT }).toSorted()).toEqual([
      'events/widget-cluster.json',
      'events/widget-describe.json',
      'events/widget.json',
    ]);
  });

  test('widget.json draws the clusters that it names', async () => {
    const { file } = await remembered();
    const html = await widget(STATEFUL, sample('events/widget.json'), file);
    expect(html).toMatch(/prod-eu[^]*canary[^]*for [^]*2h 1m[^]*failing in 2 runs in a row[^]*runbook/);
    expect(html).toContain('title="amp failing: canary"');
    expect(html).toContain('title="cloudwatch ok: emf"');
    expect(html).not.toContain('staging');
  });

  test('widget-cluster.json draws one', async () => {
    const { file } = await remembered();
    const html = await widget(STATEFUL, sample('events/widget-cluster.json'), file);
    expect(html).toMatch(/<strong>prod-eu<\/strong>[^]*Signals[^]*canary[^]*emf/);
  });

  test('widget-describe.json is answered with the documentation, whatever the configuration', async () => {
    const markdown = await widget(CONFIG, sample('events/widget-describe.json'), {});
    expect(markdown).toMatch(/^## Plumbline[^]*### Parameters[^]*\*\*clusters\*\*/);
  });
});

test('all clusters, and one that was never verified says so', async () => {
  const { file } = await remembered();
  expect(await widget(STATEFUL, {}, file)).toMatch(/prod-eu[^]*staging[^]*never verified/);
});

describe('the table', () => {
  test('is read alone', async () => {
    const { env, dynamodb } = await remembered();
    expect(await widget(CONFIG, {}, env)).toContain('never verified');
    expect(new Set(dynamodb.requests)).toEqual(new Set(['GetItem', 'Query']));
  });

  test('that refuses is told once, with its name, and nothing is called ok', async () => {
    const { env, dynamodb } = await remembered();
    dynamodb.deny('dynamodb:GetItem');
    const html = await widget(CONFIG, {}, env);
    expect(html).toMatch(/What is remembered of\s+2 clusters\s+could[^]*plumbline-state/);
    expect(html.match(/could\s+not\s+be\s+read/g)).toHaveLength(1);
    expect(html).not.toContain('class="word ok"');
  });
});

test('a configuration in S3 that is wrong leaves the last good one to be drawn', async () => {
  const { env, dynamodb } = await remembered();
  const place = 's3://config/plumbline.json';
  const s3 = await serve((_request, response) => void response.end('{}'));
  await functions.configure(CONFIG);
  vi.stubEnv('AWS_ENDPOINT_URL_DYNAMODB', dynamodb.url);
  onTestFinished(() => void vi.unstubAllEnvs());
  const store = openStore(`dynamodb:${env.STATE_TABLE}`, {
    clock: systemClock,
    region: 'eu-west-1',
    credentials: () => () =>
      Promise.resolve({ accessKeyId: env.AWS_ACCESS_KEY_ID, secretAccessKey: env.AWS_SECRET_ACCESS_KEY }),
  });
  await store.keepConfig(place, { version: '1', text: await functions.built() });
  const html = await widget(CONFIG, {}, { ...env, PLUMBLINE_CONFIG: place, AWS_ENDPOINT_URL_S3: s3.url });
  expect(html).toMatch(/prod-eu[^]*staging/);
});

describe('what is wrong is drawn', () => {
  test.each([
    ['an unknown cluster', CONFIG, { clusters: ['prod-us'] }, 'there is no cluster &quot;prod-us&quot;'],
    ['an unknown key', CONFIG, { clustres: [] }, 'did you mean &quot;clusters&quot;?'],
    ['no place for state', CONFIG, {}, 'set STATE_TABLE to the name of the table'],
    ['a variable that is not set', STATEFUL, {}, 'STATE, which is not set'],
  ])('%s', async (_what, config, event, said) => {
    const html = await widget(config, event, {});
    expect(html).toContain('class="note"');
    expect(html).toContain(said);
  });
});
