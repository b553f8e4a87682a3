import { describe, expect, test } from 'vitest';
import { inForce, type InForce } from '../../lib/config/in-force.ts';
import { builtConfig, loadBuilt } from '../../lib/config/load.ts';
import type { Fetched } from '../../lib/config/remote.ts';

const json = (name: string) =>
  JSON.stringify({
    version: 1,
    clusters: [
      {
        name,
        region: 'eu-west-1',
        signals: [{ name: 'up', prometheus: 'http://127.0.0.1:1', metric: 'up' }],
      },
    ],
  });

/** What holds after each of these was found, one after the other; an error's text where nothing does. */
async function lives(found: readonly Fetched[], remembered?: string) {
  const held: (string | undefined)[] = [];
  const states: unknown[] = [];
  const asked: (string | undefined)[] = [];
  let before: InForce | undefined;
  for (const fetched of found) {
    const now = await inForce(before, {
      fetch: async (known) => {
        asked.push(known);
        return fetched;
      },
      load: async (text) => {
        const loaded = loadBuilt(text, { env: {} });
        return 'config' in loaded ? loaded : { problems: loaded.problems.map(({ message }) => message) };
      },
      remembered: async () => remembered,
    });
    if ('problems' in now) {
      held.push(undefined);
      states.push(now.problems);
      continue;
    }
    before = now;
    held.push(now.config.clusters[0]?.name);
    states.push(now.state.verdict);
  }
  return { held, states, asked };
}

describe('the configuration that holds', () => {
  test('is what stands there, read again where it changed', async () => {
    const { held, states, asked } = await lives([
      { version: 'a', text: json('one') },
      { unchanged: true },
      { version: 'b', text: json('two') },
    ]);
    expect(held).toEqual(['one', 'one', 'two']);
    expect(states).toEqual(['ok', 'ok', 'ok']);
    expect(asked).toEqual([undefined, 'a', 'a']);
  });

  test('is the last good one while what stands there is wrong, which is read once', async () => {
    const { held, states, asked } = await lives([
      { version: 'a', text: json('one') },
      { version: 'b', text: '{' },
      { unchanged: true },
      { unreadable: 'denied' },
      { version: 'c', text: json('two') },
    ]);
    expect(held).toEqual(['one', 'one', 'one', 'one', 'two']);
    expect(states).toEqual(['ok', 'failing', 'failing', 'failing', 'ok']);
    expect(asked.slice(1)).toEqual(['a', 'b', 'b', 'b']);
  });

  test('is the last good one while nothing can be read, which is no fault of it', async () => {
    const { held, states } = await lives([
      { version: 'a', text: json('one') },
      { unreadable: 'throttled' },
      { unchanged: true },
    ]);
    expect(held).toEqual(['one', 'one', 'one']);
    expect(states).toEqual(['ok', 'unknown', 'ok']);
  });

  test.each([
    [{ version: 'b', text: 'version: 1' }, 'failing'],
    [{ unreadable: 'denied' }, 'unknown'],
  ] as const)('is the one that is remembered at a cold start with %j', async (fetched, state) => {
    expect(await lives([fetched], json('remembered'))).toMatchObject({
      held: ['remembered'],
      states: [state],
    });
  });

  test('is none where there was never a good one, and says why', async () => {
    expect(await lives([{ version: 'b', text: 'version: 1' }])).toMatchObject({
      held: [undefined],
      states: [[expect.stringContaining('not a built configuration')]],
    });
    expect(await lives([{ unreadable: 'denied: s3:GetObject' }])).toMatchObject({
      states: [['denied: s3:GetObject']],
    });
  });
});

describe('the stack’s interval', () => {
  const every = (config: string, own?: string) => {
    const loaded = loadBuilt(config, { env: {}, every: own });
    return 'config' in loaded ? loaded.config.clusters.map((cluster) => cluster.every) : loaded.problems;
  };
  const MINUTE_MS = 60_000;

  test('is that of clusters that say none', () => {
    const two = JSON.stringify({
      version: 1,
      clusters: [
        (JSON.parse(json('a')) as { clusters: object[] }).clusters[0],
        { ...(JSON.parse(json('b')) as { clusters: object[] }).clusters[0], every: '1h' },
      ],
    });
    expect(every(two, '10m')).toEqual([10 * MINUTE_MS, 60 * MINUTE_MS]);
    expect(every(two)).toEqual([5 * MINUTE_MS, 60 * MINUTE_MS]);
  });

  test('must go into the intervals of signals, or neither is built nor read', async () => {
    const signal = { name: 'up', prometheus: 'http://127.0.0.1:1', metric: 'up', every: '15m' };
    const config = JSON.stringify({
      version: 1,
      clusters: [{ name: 'prod-eu', region: 'eu-west-1', signals: [signal] }],
    });
    const says =
      'cluster "prod-eu", signal "up", every: "15m" is no multiple of the cluster\'s 7m; write 7m, or two, three or more times that';
    for (const own of [undefined, '1m', '5m', '15m'])
      expect(every(config, own)).toEqual([expect.any(Number)]);
    expect(every(config, '7m')).toMatchObject([{ message: says }]);
    const built = (own: string) => builtConfig(config, { file: 'plumbline.yaml', every: own });
    expect(await built('5m')).toHaveProperty('json');
    expect(await built('7m')).toMatchObject({ problems: [{ message: says, level: 'error' }] });
    // What is built stays as it was written: the functions know their interval.
    expect(await built('15m')).toEqual(await builtConfig(config, { file: 'plumbline.yaml' }));
  });

  test.each(['[]', '{}', '{"clusters":{}}', '{"clusters":[1,null]}'])('leaves %s to the schema', (text) => {
    expect(every(text, '10m')).toEqual(every(text));
  });
});
