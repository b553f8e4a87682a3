import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { plumbline, temporaryFile } from '../support/command-line.ts';
import { inOrder, serve, vector } from '../support/http.ts';

const config = (url: string, more = ''): string => `
version: 1
clusters:
  - name: local
    region: eu-west-1
    signals:
      - { name: up, prometheus: '${url}', metric: up, fresh: 1m }
${more}`;
const LIVE = { status: 200, body: vector([[{}, '3']]) };
const SILENT = { status: 200, body: vector([]) };

describe('check', () => {
  test.each([
    ['all ok', [LIVE], 0, 'ok      local  1 signal: 1 ok'],
    ['something failing', [SILENT, SILENT], 1, 'failing local  1 signal: 1 failing'],
    ['nothing failing but something unknown', [{ status: 403 }], 3, 'unknown local  1 signal: 1 unknown'],
  ] as const)('%s: exit %#', async (_name, answers, code, line) => {
    const server = await serve(inOrder(...answers));
    const file = await temporaryFile('plumbline.yaml', config(server.url));
    const run = await plumbline(['check', '--config', file]);
    expect([run.code, run.stderr]).toEqual([code, '']);
    expect(run.stdout.startsWith(line)).toBe(true);
  });

  test('a wrong configuration: exit 2, every problem on standard error, nothing on standard output', async () => {
    const file = await temporaryFile(
      'plumbline.yaml',
      config('http://127.0.0.1:1').replace('metric', 'metrik'),
    );
    const run = await plumbline(['check', '--config', file]);
    expect([run.code, run.stdout]).toEqual([2, '']);
    expect(run.stderr).toContain(`${file}:7:`);
    expect(run.stderr).toContain('metric');
  });

  test('the JSON report is all there is on standard output', async () => {
    const server = await serve(inOrder(LIVE));
    const file = await temporaryFile('plumbline.yaml', config(server.url));
    const run = await plumbline(['check', '--config', file, '--format', 'json']);
    expect(JSON.parse(run.stdout)).toMatchObject({
      version: 1,
      tool: { name: 'plumbline', version: packageJson.version },
      verdict: 'ok',
      clusters: [{ cluster: 'local', signals: [{ signal: 'up', evidence: { series: 3 } }] }],
    });
  });

  test('--output writes the file instead, without colour; a place that cannot be written is said', async () => {
    const server = await serve(inOrder(LIVE, LIVE));
    const file = await temporaryFile('plumbline.yaml', config(server.url));
    const output = join(dirname(file), 'report.txt');
    const run = await plumbline(['check', '--config', file, '--output', output], {
      env: { FORCE_COLOR: '1' },
    });
    expect([run.code, run.stdout, run.stderr]).toEqual([0, '', '']);
    expect(await readFile(output, 'utf8')).toMatch(/^ok {6}local {2}1 signal/);
    const nowhere = await plumbline(['check', '--config', file, '--output', '/nowhere/report.txt']);
    expect([nowhere.code, nowhere.stderr]).toEqual([
      2,
      expect.stringContaining('cannot write /nowhere/report.txt'),
    ]);
  });

  test('colour only where wanted', async () => {
    const server = await serve(inOrder(LIVE, LIVE));
    const file = await temporaryFile('plumbline.yaml', config(server.url));
    expect((await plumbline(['check', '--config', file])).stdout).not.toContain('\u001b');
    const forced = await plumbline(['check', '--config', file], { env: { FORCE_COLOR: '1' } });
    expect(forced.stdout).toContain('\u001b[32m');
  });

  test('a name that is not there suggests the nearest one', async () => {
    const file = await temporaryFile('plumbline.yaml', config('http://127.0.0.1:1'));
    const run = await plumbline(['check', '--config', file, '--cluster', 'locla', '--signal', 'upp']);
    expect(run.code).toBe(2);
    expect(run.stderr).toContain('there is no cluster "locla"');
    expect(run.stderr).toContain('"local"');
    expect(run.stderr).toContain('there is no signal "upp"');
  });

  test('nothing to verify is not ok', async () => {
    const off = config('http://127.0.0.1:1').replace('fresh: 1m', 'off: true');
    const file = await temporaryFile('plumbline.yaml', off);
    const run = await plumbline(['check', '--config', file]);
    expect([run.code, run.stdout]).toEqual([2, '']);
    expect(run.stderr).toContain('switched off');
  });

  test('a configuration that is not there says how to get one', async () => {
    const run = await plumbline(['check', '--config', 'nowhere.yaml']);
    expect(run.code).toBe(2);
    expect(run.stderr).toContain('there is no nowhere.yaml');
    expect(run.stderr).toContain('plumbline.example.yaml');
  });
});

describe('validate', () => {
  test('a right configuration says what it holds', async () => {
    const run = await plumbline(['validate', '--config', 'plumbline.example.yaml']);
    expect([run.code, run.stderr]).toEqual([0, '']);
    expect(run.stdout).toMatch(/plumbline\.example\.yaml: ok, \d+ clusters?, \d+ signals?\n$/);
  });

  test('a wrong one lists every problem with its place and ends with 2', async () => {
    const text = config('http://127.0.0.1:1')
      .replace('region: eu-west-1', 'region: mars')
      .replace('1m', '1y');
    const file = await temporaryFile('plumbline.yaml', text);
    const run = await plumbline(['validate', '--config', file]);
    expect(run.code).toBe(2);
    expect(run.stdout.trimEnd().split('\n')).toEqual([
      expect.stringMatching(/plumbline\.yaml:5:13: error: .*region/),
      expect.stringMatching(/plumbline\.yaml:7:\d+: error: .*fresh.*5m/),
    ]);
  });
});

test.each([
  ['config', 'plumbline.schema.json'],
  ['report', 'report.schema.json'],
])('schema %s prints what ships', async (of, file) => {
  const run = await plumbline(['schema', of]);
  expect(run.stdout).toBe(await readFile(file, 'utf8'));
});

test.each([
  [['--version'], 0, packageJson.version],
  [['--help'], 0, 'validate'],
  [['check', '--help'], 0, 'Exit codes'],
  [[], 2, 'check'],
  [['chekc'], 2, 'Did you mean check?'],
  [['check', '--fromat', 'json'], 2, '--format'],
  [['check', 'other.yaml'], 2, 'a file is named with --config; behind npm run, options follow a --'],
  [['check', '--format', 'xml'], 2, 'text, json'],
  [['check', '--cluster', ''], 2, 'is empty'],
  [['schema', 'nothing'], 2, 'write config or report'],
])('%j: exit %i', async (args, code, words) => {
  const run = await plumbline(args);
  expect(run.code).toBe(code);
  expect(run.stdout + run.stderr).toContain(words);
});
