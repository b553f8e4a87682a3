import { readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../lib/clock.ts';
import { CREDENTIALS as KEYS, openAccount } from '../../rehearsal/account.ts';
import { pipelines } from '../../rehearsal/pipelines/index.ts';
import { addonsIn, emptyWorld } from '../../rehearsal/world.ts';
import { inOrder, serve } from '../support/http.ts';
import { ROOT } from '../support/process.ts';
import { builtFunction } from './functions.ts';

const CONFIG = `
version: 1
state: file:\${env:STATE}
alerts:
  channels: [{ webhook: '\${env:HOOK}', secret: '\${env:SECRET}' }]
clusters:
  - name: prod-eu
    region: eu-west-1
    profile: eks-adot-cloudwatch
`;

const compare = builtFunction('compare');
const sample: unknown = JSON.parse(readFileSync(`${ROOT}events/compare.json`, 'utf8'));

async function started() {
  const world = emptyWorld();
  pipelines['eks-adot-cloudwatch'](world, { since: systemClock.now() - 24 * 3_600_000 });
  const account = await openAccount(world);
  const hook = await serve(inOrder(...Array.from({ length: 5 }, () => ({ status: 200 }))));
  const state = await mkdtemp(join(tmpdir(), 'plumbline-state-'));
  onTestFinished(async () => {
    await account.close();
    await rm(state, { recursive: true, force: true });
  });
  await compare.configure(CONFIG);
  const env = {
    ...account.environment,
    AWS_ACCESS_KEY_ID: KEYS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: KEYS.secretAccessKey,
    STATE: state,
    HOOK: hook.url,
    SECRET: 'a secret of a test',
  };
  const week = async () => (await compare.invoke(sample, { env, remainingMs: 120_000 })).results[0];
  const bodies = () =>
    hook.requests.map(({ body }) => JSON.parse(body) as { type: string; data: { story: string[] } });
  return { world, account, week, bodies, state };
}

test('what is new is told through the channels, once; the same is not told the next week', async () => {
  const { world, account, week, bodies, state } = await started();
  expect(await week()).toEqual({ returned: { unwatched: 0, gone: 0, unseen: 0 } });
  expect(bodies()).toEqual([]);
  world.groups.set('/app/new', { streams: [{ name: 'a', since: systemClock.now() - 24 * 3_600_000 }] });
  addonsIn(world, 'prod-eu').delete('adot');
  for (let time = 0; time < 2; time += 1)
    expect(await week()).toEqual({ returned: { unwatched: 1, gone: 1, unseen: 0 } });
  expect(bodies()).toHaveLength(1);
  expect(bodies()[0]).toMatchObject({
    type: 'plumbline.compared',
    data: {
      story: [
        'Sends telemetry and is not watched:',
        'eu-west-1 logs: /app/new',
        'Watched and no longer there:',
        'prod-eu: addon (eksAddon): EKS cluster prod-eu has no add-on adot',
        'What to write: plumbline init --compare',
      ],
    },
  });
  expect(JSON.parse(await readFile(join(state, 'compared.json'), 'utf8'))).toMatchObject({ version: 1 });
  account.logs.deny('logs:DescribeLogGroups');
  account.eks.deny('eks:ListAddons');
  for (let time = 0; time < 2; time += 1)
    expect(await week()).toEqual({ returned: { unwatched: 0, gone: 0, unseen: 2 } });
  expect(bodies()).toHaveLength(2);
  const [, refused] = bodies();
  expect(refused?.data.story[0]).toBe('Could not be looked at, so that nothing is told of what is there:');
  expect(refused?.data.story.slice(1).join('\n')).toMatch(
    /eks:ListAddons.+: denied: .+\n.+logs:DescribeLogGroups/,
  );
  account.logs.allow('logs:DescribeLogGroups');
  account.eks.allow('eks:ListAddons');
  expect(await week()).toEqual({ returned: { unwatched: 1, gone: 1, unseen: 0 } });
  expect(bodies()).toHaveLength(3);
  expect(bodies()[2]?.data.story).toEqual([
    'Could not be looked at before, and is seen again:',
    'eks:ListAddons on EKS cluster prod-eu',
    'logs:DescribeLogGroups on eu-west-1',
  ]);
});
