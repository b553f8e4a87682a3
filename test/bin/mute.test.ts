import { readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readMuteEvent } from '../../lib/mutes/event.ts';
import { plumbline, temporaryFile } from '../support/command-line.ts';

const config = (state = '') => `
version: 1
${state}
alerts:
  mutes:
    - { signals: [up], from: 2020-01-01T00:00Z, until: 2990-01-01T00:00Z, reason: not in use yet }
    - { from: 2980-01-01T00:00, until: 2980-01-02T00:00, timeZone: Europe/Berlin, reason: far away }
    - { from: 2020-01-01T00:00, until: 2020-01-02T00:00, reason: long over }
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

const CONFIGURED = [
  /^configured {2}up, until 2990-01-01 00:00:00Z, .+ left: not in use yet$/,
  /^configured {2}everything, from 2979-12-31 23:00:00Z until 2980-01-01 23:00:00Z: far away$/,
];

/** The commands of `mute`, with a configuration whose state is a directory of its own. */
async function muting() {
  const file = await temporaryFile('plumbline.yaml', '');
  await writeFile(file, config(`state: file:${join(dirname(file), 'state')}`));
  return (...args: readonly string[]) => plumbline(['mute', ...args, '--config', file]);
}

const lines = (text: string) => text.trimEnd().split('\n');

test('a mute is added, listed and ended', async () => {
  const mute = await muting();
  const added = await mute(
    'add',
    '--cluster',
    'prod-eu',
    '--signal',
    'up',
    '--for',
    '2h',
    '--reason',
    'upgrade',
  );
  expect([added.code, added.stderr]).toEqual([0, '']);
  const [, id = '', until] =
    /^([0-9a-f]{8}) {4}up in prod-eu, until (\S+ \S+Z), 2h left: upgrade \(recorded in \/.+\/state\)\n$/.exec(
      added.stdout,
    ) ?? [];
  expect(id).not.toBe('');

  const listed = await mute('list');
  expect([listed.code, listed.stderr]).toEqual([0, '']);
  const [first = '', ...others] = lines(listed.stdout);
  expect(first.startsWith(`${id}    up in prod-eu, until ${until}, `)).toBe(true);
  expect(others).toEqual(CONFIGURED.map((line) => expect.stringMatching(line) as string));

  const unknown = await mute('end', '3f9a1c20');
  expect([unknown.code, unknown.stdout]).toEqual([2, '']);
  expect(unknown.stderr).toContain('there is no mute "3f9a1c20"; there are:\n');
  expect(unknown.stderr).toContain(`${id}    up in prod-eu`);

  expect(await mute('end', id)).toMatchObject({ code: 0, stdout: `${id} is over\n`, stderr: '' });
  expect(lines((await mute('list')).stdout)).toHaveLength(CONFIGURED.length);
});

test('a relative directory is one beside the configuration, from wherever it is run', async () => {
  const file = await temporaryFile('plumbline.yaml', config('state: file:./state'));
  const elsewhere = dirname(await temporaryFile('x', ''));
  const add = ['mute', 'add', '--all', '--for', '1h', '--reason', 'x', '--config', file];
  const far = await plumbline(add, { cwd: elsewhere });
  expect(far.stdout).toContain(`: x (recorded in ${join(dirname(file), 'state')})\n`);
  expect(await readdir(elsewhere)).toEqual(['x']);
  const near = await plumbline(add, { cwd: dirname(file) });
  expect(near.stdout).toContain(': x (recorded in ./state)\n');
  const listed = await plumbline(['mute', 'list', '--config', file], { cwd: elsewhere });
  expect(lines(listed.stdout).filter((line) => line.endsWith('left: x'))).toHaveLength(2);
});

test('the list is JSON for scripts', async () => {
  const mute = await muting();
  await mute('add', '--cluster', 'prod-eu', '--for', '2h', '--reason', 'upgrade');
  const { code, stdout } = await mute('list', '--format', 'json');
  expect([code, JSON.parse(stdout)]).toEqual([
    0,
    {
      version: 1,
      mutes: [
        {
          id: expect.stringMatching(/^[0-9a-f]{8}$/) as string,
          clusters: ['prod-eu'],
          signals: [],
          from: expect.stringMatching(/Z$/) as string,
          until: expect.stringMatching(/Z$/) as string,
          reason: 'upgrade',
        },
        expect.objectContaining({ id: null, signals: ['up'], until: '2990-01-01T00:00:00.000Z' }),
        expect.objectContaining({ id: null, from: '2979-12-31T23:00:00.000Z', reason: 'far away' }),
      ],
    },
  ]);
});

test('ending what is not there says so where nothing is muted', async () => {
  const file = await temporaryFile('plumbline.yaml', '');
  const unmuted = config(`state: file:./state`).replace(/^alerts:\n {2}mutes:\n(?: {4}.*\n)+/m, '');
  await writeFile(file, unmuted);
  const { code, stderr } = await plumbline(['mute', 'end', '3f9a1c20', '--config', file]);
  expect([code, stderr]).toEqual([2, 'plumbline: there is no mute "3f9a1c20"; nothing is muted\n']);
});

test('everything is muted only on request', async () => {
  const mute = await muting();
  const unnamed = await mute('add', '--for', '2h', '--reason', 'x');
  expect([unnamed.code, unnamed.stdout]).toEqual([2, '']);
  expect(unnamed.stderr).toContain('write --cluster NAME, --signal NAME or both, or --all for everything');
  const both = await mute('add', '--all', '--cluster', 'prod-eu', '--for', '2h', '--reason', 'x');
  expect([both.code, both.stderr]).toEqual([2, expect.stringContaining('--all is everything')]);
  const all = await mute('add', '--all', '--for', '1m', '--reason', 'x');
  expect([all.code, all.stdout]).toEqual([0, expect.stringContaining('    everything, until ')]);
});

describe('what is wrong is told at once', () => {
  test('names, time and reason', async () => {
    const mute = await muting();
    const names = ['--cluster', 'prod-ue', '--signal', 'donw'];
    const run = await mute('add', ...names, '--for', '31d', '--reason', 'two\nlines');
    expect([run.code, run.stdout]).toEqual([2, '']);
    expect(lines(run.stderr)).toEqual([
      'plumbline: there is no cluster "prod-ue"; did you mean "prod-eu"? known are prod-eu, staging',
      'plumbline: there is no signal "donw"; did you mean "down"? known are up, down',
      expect.stringContaining('--for "31d" is not a duration from 1s to 30d'),
      expect.stringContaining('--reason "two lines" is no reason'),
    ]);
  });

  test('a signal of another cluster', async () => {
    const mute = await muting();
    const run = await mute('add', '--cluster', 'prod-eu', '--signal', 'down', '--for', '1h', '--reason', 'x');
    expect([run.code, lines(run.stderr)]).toEqual([
      2,
      [expect.stringMatching(/there is no signal "down"; .*known are up$/)],
    ]);
  });

  test.each([
    [['add', '--all', '--for', '1h'], '--reason'],
    [['add', '--all', '--reason', 'x'], '--for'],
    [['end'], 'id'],
    [['lst'], 'Did you mean list?'],
    [[], 'add'],
  ])('mute %j', async (args, words) => {
    const run = await plumbline(['mute', ...args]);
    expect([run.code, run.stderr]).toEqual([2, expect.stringContaining(words)]);
  });
});

describe('the store', () => {
  test.each([['list'], ['end', 'x'], ['add', '--all', '--for', '1h', '--reason', 'x']])(
    'no state says what to write: %s',
    async (...args) => {
      const file = await temporaryFile('plumbline.yaml', config());
      const run = await plumbline(['mute', ...args, '--config', file]);
      expect([run.code, run.stdout]).toEqual([2, '']);
      expect(run.stderr).toContain('write state: dynamodb:TABLE');
    },
  );

  test('one that cannot be used: exit 4, and why', async () => {
    const file = await temporaryFile('plumbline.yaml', config(`state: file:/dev/null/state`));
    const run = await plumbline(['mute', 'add', '--all', '--for', '1h', '--reason', 'x', '--config', file]);
    expect([run.code, run.stdout]).toEqual([4, '']);
    expect(run.stderr).toMatch(/^plumbline: .*\/dev\/null\/state/);
  });
});

describe('what docs/mutes.md shows', () => {
  test('commands are taken', async () => {
    const page = await readFile('docs/mutes.md', 'utf8');
    const commands = [...page.matchAll(/^plumbline mute (.*)$/gm)].map(([, args = '']) =>
      [...args.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? ''),
    );
    expect(commands).toHaveLength(5);
    const mute = await muting();
    for (const args of commands) {
      expect([args, (await mute(...args)).code]).toEqual([args, args[0] === 'end' ? 2 : 0]);
    }
  });

  test('events are read', async () => {
    const page = await readFile('docs/mutes.md', 'utf8');
    const events = [...page.matchAll(/^\| `(\{.*?\})` \|/gm)].map(
      ([, event = '']) => JSON.parse(event) as unknown,
    );
    expect(events.map((event) => readMuteEvent(event))).toMatchObject([
      { what: 'add', request: { clusters: ['prod-eu'], for: '2h' } },
      { what: 'add', request: { all: true } },
      { what: 'list' },
      { what: 'end', id: '3f9a1c20' },
    ]);
  });
});
