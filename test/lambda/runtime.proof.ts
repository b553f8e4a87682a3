import { globSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { bundleFunctions, functionNames, writeConfiguration } from '../../tools/bundle.ts';
import { serve, vector } from '../support/http.ts';
import { ROOT } from '../support/process.ts';
import { startEnvironment } from './runtime-api.ts';

const CONFIG = `
version: 1
state: 'file:\${env:STATE}'
clusters:
  - { name: prod-eu, region: eu-west-1, signals: [{ name: up, prometheus: '\${env:PROMETHEUS}', metric: up }] }
  - { name: staging, region: eu-west-1, signals: [{ name: up, prometheus: '\${env:PROMETHEUS}', metric: up }] }
`;

/** What each function answers: a report, what became of clusters, a mute, HTML. */
const ANSWERS: Readonly<Record<(typeof functionNames)[number], unknown>> = {
  dispatch: expect.objectContaining({ unsent: 0, defects: 0 }),
  verify: expect.objectContaining({ undelivered: 0, forgotten: 0, defects: 0 }),
  check: expect.objectContaining({ version: 1, verdict: 'ok' }),
  mute: expect.any(Object),
  widget: expect.any(String),
  baseline: expect.any(Object),
  compare: expect.anything(),
};

let root = '';
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'plumbline-task-'));
  await mkdir(join(root, 'dist'));
  await bundleFunctions(join(root, 'dist'));
  const file = join(root, 'plumbline.yaml');
  await writeFile(file, CONFIG);
  const problems = await writeConfiguration(file, join(root, 'dist'));
  if (problems.length > 0) throw new Error(problems.join('; '));
}, 120_000);
afterAll(() => rm(root, { recursive: true, force: true }));

async function environment(name: string) {
  const prometheus = await serve((_request, response) => void response.end(vector([[{}, '3']])));
  const sqs = await serve(({ body }, response) => {
    const { Entries = [] } = JSON.parse(body) as { Entries?: { Id: string; MessageBody: string }[] };
    const Successful = Entries.map(({ Id, MessageBody }) => ({
      Id,
      MessageId: Id,
      MD5OfMessageBody: createHash('md5').update(MessageBody).digest('hex'),
    }));
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' });
    response.end(JSON.stringify({ Successful, Failed: [] }));
  });
  const state = await mkdtemp(join(tmpdir(), 'plumbline-state-'));
  const started = await startEnvironment({
    root,
    handler: `dist/${name}.handler`,
    timeoutMs: 60_000,
    env: {
      AWS_REGION: 'eu-west-1',
      AWS_LAMBDA_FUNCTION_NAME: `plumbline-live-${name}`,
      AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'not-a-real-key',
      STATE: state,
      PROMETHEUS: prometheus.url,
      RUN_QUEUE_URL: `${sqs.url}/111122223333/runs`,
      AWS_ENDPOINT_URL_SQS: sqs.url,
    },
  });
  onTestFinished(async () => {
    await started.stop();
    await rm(state, { recursive: true, force: true });
  });
  return started;
}

const files = globSync('events/*.json', { cwd: ROOT }).toSorted();

test('every function has a sample event', () => {
  for (const name of functionNames)
    expect(
      files.some((file) => basename(file).startsWith(name)),
      name,
    ).toBe(true);
});

describe.each(functionNames)('%s behind the runtime API', (name) => {
  test.each(files.filter((file) => basename(file).startsWith(name)))(
    'answers %s, cold and warm',
    async (file) => {
      const event: unknown = JSON.parse(readFileSync(join(ROOT, file), 'utf8'));
      const { invoke, output } = await environment(name);
      for (const start of ['cold', 'warm']) {
        const answer = await invoke(event);
        expect([start, answer, output()]).toEqual([start, { returned: ANSWERS[name] }, expect.any(String)]);
      }
    },
  );

  test('ends an event that is none with an answer, and lives on', async () => {
    const { invoke } = await environment(name);
    for (const event of [17, { nonsense: true }]) {
      const { returned, threw } = await invoke(event);
      expect(returned ?? threw).toBeTruthy();
    }
  });
});
