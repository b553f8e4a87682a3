import { mkdtemp, rm } from 'node:fs/promises';
import { globSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { serve } from '../support/http.ts';
import { ROOT } from '../support/process.ts';
import { builtFunction, CREDENTIALS } from './functions.ts';

const functions = builtFunction('mute');

const CONFIG = `
version: 1
state: file:\${env:STATE}
alerts:
  mutes:
    - { clusters: [staging], from: 2020-01-01T00:00Z, until: 2990-01-01T00:00Z, reason: not in use yet }
clusters:
  - name: prod-eu
    region: eu-west-1
    signals:
      - { name: up, prometheus: 'http://127.0.0.1:1', metric: up }
  - name: staging
    region: eu-west-1
    signals:
      - { name: down, prometheus: 'http://127.0.0.1:1', metric: up }
`;

interface Answer {
  readonly id?: string;
  readonly until?: string;
  readonly mutes?: readonly Readonly<Record<string, unknown>>[];
  readonly ended?: true;
  readonly error?: string;
  readonly problems?: readonly string[];
}

/** A directory for state, and the function with it. */
async function muting() {
  const state = await mkdtemp(join(tmpdir(), 'plumbline-state-'));
  onTestFinished(() => rm(state, { recursive: true, force: true }));
  return async (event: unknown): Promise<Answer> => {
    const { results } = await functions.invoke(event, { env: { STATE: state } });
    return results[0]?.returned as Answer;
  };
}

const sample = (name: string): unknown => JSON.parse(readFileSync(`${ROOT}events/${name}.json`, 'utf8'));

const CONFIGURED = {
  id: null,
  clusters: ['staging'],
  signals: [],
  from: '2020-01-01T00:00:00.000Z',
  until: '2990-01-01T00:00:00.000Z',
  reason: 'not in use yet',
};

describe('with a store', () => {
  beforeAll(() => functions.configure(CONFIG));

  test('the sample events are those of this test', () => {
    expect(globSync('events/mute-*.json', { cwd: ROOT }).toSorted()).toEqual(
      ['add', 'end', 'list'].map((what) => `events/mute-${what}.json`),
    );
  });

  test('a mute is added, listed and ended', async () => {
    const mute = await muting();
    expect(await mute(sample('mute-list'))).toEqual({ mutes: [CONFIGURED] });
    const { id, until } = await mute(sample('mute-add'));
    expect(id).toMatch(/^[0-9a-f]{8}$/);
    const { mutes } = await mute(sample('mute-list'));
    const added = { id, clusters: ['prod-eu'], signals: [], from: expect.any(String) as string, until };
    expect(mutes).toEqual([{ ...added, reason: 'upgrade of the nodes' }, CONFIGURED]);
    const from = Date.parse(String(mutes?.[0]?.['from']));
    expect(Date.parse(until ?? '') - from).toBe(2 * 3600_000);
    const unknown = await mute(sample('mute-end'));
    expect(unknown).toEqual({
      error: 'the event cannot be run',
      problems: [`there is no mute of this id; there are ${id}`],
    });
    expect(await mute({ end: id })).toEqual({ ended: true });
    expect(await mute(sample('mute-list'))).toEqual({ mutes: [CONFIGURED] });
    expect(await mute({ end: id })).toMatchObject({
      problems: ['there is no mute of this id; none was added'],
    });
  });

  test('everything is muted only on request', async () => {
    const mute = await muting();
    const parts = { for: '2h', reason: 'network' };
    expect(await mute({ add: parts })).toMatchObject({
      problems: [expect.stringContaining('nothing is named to be muted; write "clusters": ["…"]')],
    });
    expect(await mute({ add: { ...parts, all: true, clusters: ['prod-eu'] } })).toMatchObject({
      problems: ['"all": true is everything; leave it out, or the names'],
    });
    expect(await mute({ add: { ...parts, all: true } })).toMatchObject({ id: expect.any(String) as string });
  });

  test.each([
    [{}, ['the event asks for nothing; write { "add": { … } }, { "list": {} } or { "end": "ID" }']],
    [null, ['the event is not a JSON object; write { "add": { … } }, { "list": {} } or { "end": "ID" }']],
    [[], ['the event is not a JSON object']],
    [{ lst: {} }, ['"lst" is not a known key; did you mean "list"?', 'asks for nothing']],
    [{ list: {}, end: 'x' }, ['asks for list and end; ask for one']],
    [{ list: { all: true } }, ['"all" is not a known key']],
    [{ list: [] }, ['list is not a JSON object']],
    [{ end: '' }, ['end is not an id']],
    [{ end: { id: 'x' } }, ['end is not an id']],
    [{ add: 'prod-eu' }, ['add is not a JSON object']],
    [{ add: { clusters: ['prod-eu'] } }, ['for is missing', 'reason is missing']],
    [
      { add: { cluster: 'prod-eu', for: 2, reason: [] } },
      ['did you mean "clusters"?', 'for is not a text', 'reason is not a text'],
    ],
    [
      { add: { clusters: 'prod-eu', signals: [1], all: 'yes', for: '2h', reason: 'x' } },
      ['all is neither true nor false', 'clusters is not a list', 'signals is not a list'],
    ],
    [
      { add: { clusters: ['prod-us', 'staging'], signals: ['upp'], for: '31d', reason: ' ' } },
      [
        'there is no cluster "prod-us"',
        'there is no signal "upp"; did you mean "up"?',
        'for "31d" is not a duration from 1s to 30d',
        'reason " " is no reason',
      ],
    ],
    [
      { add: { clusters: ['staging'], signals: ['up'], for: '2h', reason: 'a\nb' } },
      ['there is no signal "up"', 'is no reason'],
    ],
  ])('a wrong event is answered with everything that is wrong: %j', async (event, expected) => {
    const mute = await muting();
    const { error, problems } = await mute(event);
    expect(error).toBe('the event cannot be run');
    expect(problems).toEqual(expected.map((words) => expect.stringContaining(words) as string));
  });
});

describe('the store', () => {
  const stateless = CONFIG.replace(/^state: .*$/m, '');

  test('without state, STATE_TABLE names the table', async () => {
    await functions.configure(stateless);
    const dynamodb = await serve((_request, response) => {
      response.setHeader('content-type', 'application/x-amz-json-1.0');
      response.end('{"Items":[],"ConsumedCapacity":{}}');
    });
    const env = { ...CREDENTIALS, STATE_TABLE: 'plumbline-state', AWS_ENDPOINT_URL_DYNAMODB: dynamodb.url };
    const { results } = await functions.invoke({ list: {} }, { env, times: 2 });
    expect(results).toEqual([{ returned: { mutes: [CONFIGURED] } }, { returned: { mutes: [CONFIGURED] } }]);
    const asked = dynamodb.requests.map(({ body }) => JSON.parse(body) as Record<string, unknown>);
    expect(new Set(asked.map(({ TableName }) => TableName))).toEqual(new Set(['plumbline-state']));
  });

  test('one that refuses is told, and is no defect', async () => {
    await functions.configure(stateless);
    const dynamodb = await serve((_request, response) => {
      response.writeHead(400, { 'content-type': 'application/x-amz-json-1.0' });
      response.end('{"__type":"com.amazonaws.dynamodb.v20120810#AccessDeniedException","message":"no"}');
    });
    const env = { ...CREDENTIALS, STATE_TABLE: 'plumbline-state', AWS_ENDPOINT_URL_DYNAMODB: dynamodb.url };
    const { results, log } = await functions.invoke(sample('mute-add'), { env });
    expect(results[0]?.returned).toMatchObject({
      error: 'the store did not take it',
      problems: [expect.stringContaining('plumbline-state')],
    });
    expect(log).toEqual([]);
  });

  test('none at all says what to write', async () => {
    await functions.configure(stateless);
    const { results } = await functions.invoke({ list: {} });
    expect(results[0]?.returned).toEqual({
      error: 'the configuration is wrong',
      problems: [expect.stringContaining('set STATE_TABLE')],
    });
  });
});
