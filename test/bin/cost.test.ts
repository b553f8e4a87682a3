import { readFile } from 'node:fs/promises';
import { expect, onTestFinished, test } from 'vitest';
import { reportSchema } from '../../lib/report/report.ts';
import { CREDENTIALS, startAccount } from '../../rehearsal/account.ts';
import { plumbline, temporaryFile } from '../support/command-line.ts';

const CONFIG = `
version: 1
clusters:
  - name: prod-eu
    region: eu-west-1
    signals:
      - { name: canary, amp: ws-rehearsal, metric: scrape_duration_seconds, by: [job], fresh: 4m }
      - { name: emf, cloudwatch: ContainerInsights/Prometheus, metric: otelcol_process_uptime, fresh: 15m }
  - name: seldom
    region: eu-west-1
    every: 1h
    signals:
      - { name: canary, amp: ws-rehearsal, metric: MISSING, fresh: 4m }
`;

async function check(config: string, ...args: string[]) {
  const account = await startAccount(() => {});
  onTestFinished(() => account.close());
  const file = await temporaryFile('plumbline.yaml', config);
  const { accessKeyId, secretAccessKey } = CREDENTIALS;
  const env = {
    ...account.environment,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
  };
  return plumbline(['check', '--config', file, '--cost', ...args], { env });
}

test('the cost follows the report, and the exit code is that of the report', async () => {
  const { code, stdout, stderr } = await check(CONFIG.replace('MISSING', 'up'));
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(
    /^ok {6}prod-eu[^]+\ncost of a month \(730 h\): list prices of us-east-1, 2026-10, without free tiers\n {2}prod-eu {2}every 5m, 8,760 runs; a cold start asks \d requests more\n/,
  );
  expect(stdout).toMatch(/\n {4}cloudwatch +cloudwatch:GetMetricData +1 +8,760 +[\d,]+ metrics +\$0\.\d+\n/);
  expect(stdout).toMatch(/\n {2}seldom {2}every 1h, 730 runs\n/);
  expect(stdout).toMatch(
    /\n {2}Plumbline itself, by assumption\n {4}Lambda +512 MB for 2 s a run +\$0\.12\n/,
  );
  expect(stdout).toMatch(/\n {2}in all \$\d+\.\d\d\n$/);
});

test('in JSON it is a part of the one document', async () => {
  const { code, stdout } = await check(CONFIG.replace('MISSING', 'up'), '--format', 'json');
  const report = reportSchema.parse(JSON.parse(stdout));
  expect(code).toBe(0);
  expect(report.cost?.clusters.map(({ cluster, everySeconds }) => [cluster, everySeconds])).toEqual([
    ['prod-eu', 300],
    ['seldom', 3600],
  ]);
});

test('what fails is counted as it asks now, and that is said', async () => {
  const { code, stdout } = await check(CONFIG.replace('MISSING', 'never_sent'));
  expect(code).toBe(1);
  expect(stdout.trimEnd().split('\n').at(-1)).toBe('  what fails asks more than it will when it is mended');
});

test.each([
  [['--format', 'junit'], '--cost is told in text and json only'],
  [['--wait', '1m'], "option '--cost' cannot be used with option '--wait"],
  [['--since', '5m'], "option '--cost' cannot be used with option '--since"],
])('%j cannot stand beside it', async (args, says) => {
  const { code, stdout, stderr } = await check(CONFIG, ...args);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toContain(says);
});

test('the example of the documentation is what the command says of the configuration beside it', async () => {
  const page = await readFile('docs/cost.md', 'utf8');
  const [, config = ''] = /```yaml\n([^]*?)```/.exec(page) ?? [];
  const [, shown = ''] = /```console\n\$ .*\n([^]*?)```/.exec(page) ?? [];
  const { code, stdout } = await check(config);
  expect(code).toBe(0);
  // Times and amounts of samples are another day's; the prices of what is counted are not.
  const lasting = (text: string): string =>
    text.replace(/\([^)]*Z, [^)]*\)/, '(when)').replace(/ +[\d,]+ samples +\$[\d.]+/, ' samples');
  expect(lasting(stdout)).toBe(lasting(shown));
});
