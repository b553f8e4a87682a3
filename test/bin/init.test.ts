import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../lib/clock.ts';
import { CREDENTIALS, openAccount } from '../../rehearsal/account.ts';
import { pipelines } from '../../rehearsal/pipelines/index.ts';
import { addonsIn, emptyWorld } from '../../rehearsal/world.ts';
import { plumbline } from '../support/command-line.ts';

async function started() {
  const world = emptyWorld();
  for (const profile of ['eks-adot-cloudwatch', 'kyma-cloudwatch'] as const)
    pipelines[profile](world, { since: systemClock.now() - 24 * 3_600_000 });
  const account = await openAccount(world);
  const cwd = await mkdtemp(join(tmpdir(), 'plumbline-init-'));
  onTestFinished(async () => {
    await account.close();
    await rm(cwd, { recursive: true, force: true });
  });
  const env = {
    ...account.environment,
    AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
  };
  const run = (...args: string[]) => plumbline(args, { cwd, env });
  return { world, account, cwd, run };
}

test('what is written validates, its first check is ok, and there is nothing to compare; it is not written over', async () => {
  const { world, account, cwd, run } = await started();
  const first = await run('init', '--region', 'eu-west-1');
  expect([first.code, first.stderr, first.stdout]).toEqual([
    0,
    '',
    'plumbline.yaml: written, 2 clusters, 7 signals; read it, then: plumbline check\n',
  ]);
  const text = await readFile(join(cwd, 'plumbline.yaml'), 'utf8');
  expect(text.split('\n')[0]).toBe('# yaml-language-server: $schema=./plumbline.schema.json');
  expect(text).not.toContain('111122223333');
  expect((await run('validate')).stdout).toBe('plumbline.yaml: ok, 2 clusters, 7 signals\n');
  expect((await run('check')).code).toBe(0);
  expect((await run('init', '--compare')).code).toBe(0);

  const again = await run('init', '--region', 'eu-west-1');
  expect([again.code, again.stdout]).toEqual([2, '']);
  expect(again.stderr).toContain(
    'plumbline.yaml is there, and is not written over; name another with --output',
  );
  expect(await readFile(join(cwd, 'plumbline.yaml'), 'utf8')).toBe(text);
  expect(await readdir(cwd)).toEqual(['plumbline.yaml']);

  addonsIn(world, 'prod-eu').delete('adot');
  const differs = await run('init', '--compare', '--format', 'json');
  expect(differs.code).toBe(1);
  expect(JSON.parse(differs.stdout)).toMatchObject({
    version: 1,
    unwatched: [],
    gone: [{ signal: 'addon' }],
  });
  addonsIn(world, 'prod-eu').set('adot', { version: 'v1', modifiedAt: 0 });
  account.ecs.deny('ecs:ListClusters');
  const blind = await run('init', '--compare');
  expect([blind.code, blind.stdout.split('\n')[0]]).toEqual([3, '1 place not looked at']);
  const partly = await run('init', '--region', 'eu-west-1', '--output', 'partly.yaml');
  expect([partly.code, partly.stderr.split(': denied')[0]]).toEqual([
    3,
    'plumbline: not seen: ECS clusters (ecs:ListClusters on eu-west-1)',
  ]);
  expect(partly.stdout).toContain('; read it, then: plumbline check --config partly.yaml\n');
  expect(await readFile(join(cwd, 'partly.yaml'), 'utf8')).toContain(
    '# not seen: ECS clusters (ecs:ListClusters on eu-west-1): denied: ',
  );
}, 60_000);

test('a file that appears while the account is looked at is not written over', async () => {
  const { cwd, run } = await started();
  const writing = run('init', '--region', 'eu-west-1', '--output', 'late.yaml');
  const other = Promise.all(
    [0, 1].map(async () => {
      const { code } = await run('init', '--region', 'eu-west-1', '--output', 'late.yaml');
      return code;
    }),
  );
  const codes = [(await writing).code, ...(await other)];
  expect(codes.map(String).sort()).toEqual(['0', '2', '2']);
  expect((await readdir(cwd)).sort()).toEqual(['late.yaml']);
}, 60_000);

test.each([
  [['init', '--region', 'nowhere'], '--region "nowhere" is not an AWS region; write one such as eu-west-1'],
  [
    ['init', '--prometheus', '127.0.0.1:9090'],
    '--prometheus "127.0.0.1:9090" is not the base URL of a Prometheus; write one such as http://127.0.0.1:9090',
  ],
  [
    ['init', '--prometheus', 'http://alice:s3cret@127.0.0.1:9090'],
    '--prometheus "http://…@127.0.0.1:9090" is not the base URL of a Prometheus',
  ],
  [['init'], 'which region? write --region eu-west-1 (repeatable), or set AWS_REGION'],
  [['init', '--compare'], 'there is no plumbline.yaml'],
  [['init', '--compare', '--region', 'eu-west-1'], "cannot be used with option '--region"],
])('%s is refused: %s', async (args, words) => {
  const cwd = await mkdtemp(join(tmpdir(), 'plumbline-init-'));
  onTestFinished(() => rm(cwd, { recursive: true, force: true }));
  const { code, stdout, stderr } = await plumbline(args, { cwd });
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toContain(words);
});

test('only servers of one’s own are nothing to compare with', async () => {
  const cwd = await mkdtemp(join(tmpdir(), 'plumbline-init-'));
  onTestFinished(() => rm(cwd, { recursive: true, force: true }));
  const text =
    'version: 1\nclusters:\n  - name: a\n    region: eu-west-1\n    signals: [{ name: s, prometheus: "http://127.0.0.1:9090", metric: up }]\n';
  await writeFile(join(cwd, 'plumbline.yaml'), text);
  const { code, stderr } = await plumbline(['init', '--compare'], { cwd });
  expect([code, stderr]).toEqual([
    2,
    'plumbline: no signal of plumbline.yaml is in an AWS account; there is nothing to compare\n',
  ]);
});
