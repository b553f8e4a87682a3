import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { awsCredentials } from '../../lib/aws/credentials.ts';
import { systemClock } from '../../lib/clock.ts';
import { openStore } from '../../lib/stores/index.ts';
import { plumbline } from '../support/command-line.ts';
import { serve, vector } from '../support/http.ts';
import { notWellFormed } from '../report/well-formed.ts';

const MINUTE_MS = 60_000;

interface Estate {
  readonly directory: string;
  readonly config: string;
  readonly state: string;
}

/** A configuration of two clusters and the directory where its runs are remembered. */
async function estate({ url = 'http://127.0.0.1:1', state = '' } = {}): Promise<Estate> {
  const directory = await mkdtemp(join(tmpdir(), 'plumbline-history-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const where = state === '' ? `file:${join(directory, 'state')}` : state;
  const config = join(directory, 'plumbline.yaml');
  const cluster = (name: string) => `
  - name: ${name}
    region: eu-west-1
    signals:
      - { name: up, prometheus: '${url}', metric: up, fresh: 1m }
      - { name: steady, prometheus: '${url}', metric: up, fresh: 1m }`;
  await writeFile(config, `version: 1\nstate: '${where}'\nclusters:${cluster('one')}${cluster('two')}\n`);
  return { directory, config, state: where };
}

/** Records runs of cluster `one`, a minute apart and the last one a minute ago: o ok, f failing. */
async function record({ state }: Estate, letters: string, signal = 'up', ago = 1): Promise<void> {
  const store = openStore(state, {
    clock: systemClock,
    region: 'eu-west-1',
    credentials: awsCredentials(systemClock),
  });
  const now = systemClock.now();
  for (const [index, letter] of Array.from(letters).entries()) {
    await store.addRun({
      cluster: 'one',
      id: `${signal} ${ago} ${index}`,
      at: now - (letters.length - index - 1 + ago) * MINUTE_MS,
      ok: letter === 'o' ? [signal, 'steady'] : ['steady'],
      failing: letter === 'f' ? [signal] : [],
      unknown: [],
      opened: [],
      ended: [],
    });
  }
  store.close();
}

describe('history', () => {
  test('shows what broke, when and for how long', async () => {
    const one = await estate();
    await record(one, 'oofoff');
    const run = await plumbline(['history', '--config', one.config]);
    expect([run.code, run.stderr]).toEqual([0, '']);
    expect(run.stdout).toMatch(/^20.{17}Z to 20.{17}Z \(\d+m[^)]*\), 6 runs\n/);
    expect(run.stdout).toContain('failing one  up  available 50%, left ok 2 times, 6 runs\n');
    expect(run.stdout).toMatch(
      /\n {2}20\S+ \S+Z {2}failing {2}not over, 2m .*\n {2}20\S+ \S+Z {2}failing {2}1m\n/,
    );
    expect(run.stdout).toContain('ok throughout: 1 signal: steady\n');
    expect(run.stdout).not.toContain('\u001b');
  });

  test('--last, --signal and --cluster narrow it', async () => {
    const one = await estate();
    await record(one, 'of', 'up', 600);
    await record(one, 'oo', 'up');
    const json = async (...more: string[]) => {
      const { stdout } = await plumbline(['history', '--config', one.config, '--format', 'json', ...more]);
      const { runs, signals } = JSON.parse(stdout) as { runs: number; signals: { signal: string }[] };
      return [runs, signals.map(({ signal }) => signal)];
    };
    expect(await json()).toEqual([4, ['up', 'steady']]);
    expect(await json('--last', '1h')).toEqual([2, ['steady', 'up']]);
    expect(await json('--signal', 'up')).toEqual([4, ['up']]);
    expect(await json('--cluster', 'two')).toEqual([0, []]);
  });

  test('a signal that is watched no more can still be asked for', async () => {
    const one = await estate();
    await record(one, 'ofo', 'retired');
    const run = await plumbline(['history', '--config', one.config, '--signal', 'retired']);
    expect([run.code, run.stderr]).toEqual([0, '']);
    expect(run.stdout).toContain('ok      one  retired  available 66.66%, left ok 1 time');
  });

  test('nothing recorded yet is said, and is no error', async () => {
    const { config } = await estate();
    const run = await plumbline(['history', '--config', config]);
    expect([run.code, run.stderr]).toEqual([0, '']);
    expect(run.stdout).toMatch(/^nothing was recorded, .*; only scheduled runs record\n$/);
  });

  test.each([
    [['--last', '31d'], '--last "31d" is no duration up to 30d; write one such as 12h or 7d'],
    [['--last', 'yesterday'], '--last "yesterday" is no duration'],
    [['--cluster', 'onw'], 'there is no cluster "onw"; did you mean "one"?'],
    [['--signal', 'upp'], 'there is no signal "upp"; did you mean "up"?'],
    [['--format', 'html'], 'text, json'],
  ])('%j is wrong: exit 2 and what to write', async (more, said) => {
    const { config } = await estate();
    const run = await plumbline(['history', '--config', config, ...more]);
    expect([run.code, run.stdout]).toEqual([2, '']);
    expect(run.stderr).toContain(said);
  });

  test('a configuration without state says what to write', async () => {
    const { config, state } = await estate();
    const text = await readFile(config, 'utf8');
    await writeFile(config, text.replace(`state: '${state}'\n`, ''));
    const run = await plumbline(['history', '--config', config]);
    expect([run.code, run.stdout]).toEqual([2, '']);
    expect(run.stderr).toContain('state: dynamodb:TABLE');
    expect(run.stderr).toContain('state: file:PATH');
  });

  test('a store that cannot be read: exit 4, why, and nothing that looks like a result', async () => {
    const { config } = await estate({ state: 'file:/dev/null/state' });
    const run = await plumbline(['history', '--config', config]);
    expect([run.code, run.stdout]).toEqual([4, '']);
    expect(run.stderr).toContain('/dev/null/state');
    expect(run.stderr).not.toContain('    at ');
  });

  test('lines that cannot be read are told and hide no others: exit 4', async () => {
    const one = await estate();
    await record(one, 'oof');
    const runs = join(one.directory, 'state/runs/one');
    const [day = ''] = await readdir(runs);
    const text = await readFile(join(runs, day), 'utf8');
    await writeFile(join(runs, day), `<<<<<<<\n${text}>>>>>>>\n`);
    const run = await plumbline(['history', '--config', one.config]);
    expect(run.code).toBe(4);
    expect(run.stdout).toContain('failing one  up  available 66.66%');
    expect(run.stderr).toContain('plumbline: 2 runs cannot be read, the first of them: ');
    expect(run.stderr).toContain(`${join(runs, day)}, line 1, cannot be read: it is not JSON.`);
  });
});

describe('check', () => {
  const live = () => serve((_request, response) => void response.end(vector([[{}, '3']])));

  test('--also writes further formats of the same run', async () => {
    const { url, requests } = await live();
    const { directory, config } = await estate({ url });
    const alone = await plumbline(['check', '--config', config]);
    const asked = requests.length;
    const file = (name: string) => join(directory, name);
    const also = ['--also', `junit=${file('x.xml')}`, '--also', `markdown=${file('x.md')}`];
    const run = await plumbline(['check', '--config', config, ...also]);
    expect([alone.code, run.code, run.stderr, requests.length]).toEqual([0, 0, '', 2 * asked]);
    expect(run.stdout).toMatch(/^ok {6}one/);
    expect(notWellFormed(await readFile(file('x.xml'), 'utf8'))).toBeUndefined();
    expect(await readFile(file('x.md'), 'utf8')).toMatch(/^## Plumbline: ✅ ok\n/);
  });

  test.each([
    ['html', 'write one of text, json, junit, markdown, html, = and a file, such as html=report.html'],
    ['pdf=x.pdf', 'write one of text'],
    ['toString=x', 'write one of text'],
    ['html=', 'write one of text'],
  ])('--also %s is wrong: exit 2', async (also, said) => {
    const run = await plumbline(['check', '--also', also]);
    expect(run.code).toBe(2);
    expect(run.stderr).toContain(said);
  });

  test('a copy that cannot be written is said, and the report is still there', async () => {
    const { url } = await live();
    const { config } = await estate({ url });
    const run = await plumbline(['check', '--config', config, '--also', 'html=/nowhere/x.html']);
    expect([run.code, run.stderr]).toEqual([2, expect.stringContaining('cannot write /nowhere/x.html')]);
    expect(run.stdout).toMatch(/^ok {6}one/);
  });

  test('the page has the past of what was checked', async () => {
    const { url } = await live();
    const one = await estate({ url });
    await record(one, 'oofo');
    await record(one, 'of', 'retired');
    const run = await plumbline(['check', '--config', one.config, '--format', 'html']);
    expect([run.code, run.stderr]).toEqual([0, '']);
    expect(run.stdout).toContain('6 runs in');
    expect(run.stdout).toContain('available 75%, left ok 1 time');
    expect(run.stdout).not.toContain('retired');
  });

  test('a past that cannot be read is a note on the page and changes no verdict', async () => {
    const { url } = await live();
    const { config } = await estate({ url, state: 'file:/dev/null/state' });
    const run = await plumbline(['check', '--config', config, '--format', 'html']);
    expect(run.code).toBe(0);
    expect(run.stderr).toMatch(
      /^plumbline: what was before a change is not known: .+ is no directory; .+\n$/,
    );
    expect(run.stdout).toMatch(/It could not be read, which changes no verdict:[^<]*\/dev\/null\/state/);
  });
});
