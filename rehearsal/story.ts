/** `npm start`: a pipeline in a simulated account is verified and broken, and each verdict and alert shown as users see it. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pLimit from 'p-limit';
import packageJson from '../package.json' with { type: 'json' };
import { paintFor } from '../bin/paint.ts';
import { systemClock } from '../lib/clock.ts';
import { loadConfig } from '../lib/config/load.ts';
import { type PlannedCluster, plan } from '../lib/plan.ts';
import { text } from '../lib/report/text.ts';
import { run } from '../lib/run.ts';
import { sourceMemory } from '../lib/sources/source.ts';
import type { Verdict } from '../lib/verify.ts';
import { bundleFunctions, writeConfiguration } from '../tools/bundle.ts';
import { type Account, CREDENTIALS, REGION, startAccount } from './account.ts';
import { startAlertReceivers } from './alerts.ts';
import { evaluateQuery } from './promql/evaluate.ts';
import { slackAsText } from './slack-text.ts';

const MINUTE_MS = 60_000;
const CONFIG = new URL('plumbline.yaml', import.meta.url).pathname;
const INVOKE = new URL('invoke.ts', import.meta.url).pathname;
const TOPIC = `arn:aws:sns:${REGION}:111122223333:plumbline-alerts`;
const PLAIN_QUERY = 'scrape_duration_seconds{job="kubernetes-pods"}';

const paint = paintFor(process.stdout);
const say = (line = ''): void => {
  process.stdout.write(`${line}\n`);
};
const heading = (title: string): void => say(`\n${paint('strong', title)}`);
const indented = (block: string): string => block.trimEnd().replace(/^(?=.)/gm, '    ');
const command = (line: string): void => say(`  ${paint('faint', '$')} ${line}`);

async function plannedClusters(): Promise<readonly PlannedCluster[]> {
  const loaded = await loadConfig(await readFile(CONFIG, 'utf8'), {
    file: 'rehearsal/plumbline.yaml',
    env: {},
  });
  if (!('config' in loaded)) throw new Error(loaded.problems.map(({ message }) => message).join('\n'));
  const planned = plan(loaded.config, {});
  if (!('clusters' in planned)) throw new Error(planned.problems.join('\n'));
  return planned.clusters;
}

async function check(
  clusters: readonly PlannedCluster[],
  account: Account,
  expected: Verdict,
): Promise<void> {
  Object.assign(process.env, account.environment);
  command('plumbline check');
  const report = await run(clusters, {
    clock: systemClock,
    deadline: systemClock.now() + 30_000,
    fetch,
    limit: pLimit(16),
    credentials: () => async () => CREDENTIALS,
    memory: sourceMemory(),
    toolVersion: packageJson.version,
    onDefect: (error) => {
      throw error;
    },
  });
  say(indented(text(report, paint)));
  if (report.verdict !== expected)
    throw new Error(`the rehearsal expected ${expected}, not ${report.verdict}`);
}

function plainQuery({ pipeline }: Account): number {
  const { result } = evaluateQuery(PLAIN_QUERY, pipeline, systemClock.now());
  return result.type === 'vector' ? result.samples.length : 0;
}

/** The scheduled function, built as it is deployed, in a process of its own; and what SNS and Slack were sent. */
async function alert(account: Account): Promise<void> {
  const receivers = await startAlertReceivers({ region: REGION, credentials: [CREDENTIALS] });
  const directory = await mkdtemp(join(tmpdir(), 'plumbline-rehearsal-'));
  try {
    await bundleFunctions(directory);
    await writeConfiguration(CONFIG, directory);
    const { PATH = '' } = process.env;
    const environment = {
      PATH,
      AWS_REGION: REGION,
      AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
      ALERT_TOPIC_ARN: TOPIC,
      ...account.environment,
      ...receivers.environment,
    };
    command('aws lambda invoke --function-name plumbline-verify …');
    const bundle = join(directory, 'verify.mjs');
    await promisify(execFile)(process.execPath, [INVOKE, bundle, '{"clusters":["prod-eu"]}'], {
      env: environment,
    });
    const [mail] = receivers.published;
    const [post] = receivers.posted;
    if (!mail || post === undefined) throw new Error('the rehearsal expected an alert on both channels');
    say(`  ${paint('strong', 'By e-mail, through SNS:')} ${mail.subject}`);
    say(indented(mail.message));
    say(`\n  ${paint('strong', 'In Slack:')}`);
    say(indented(slackAsText(post)));
  } finally {
    await receivers.close();
    await rm(directory, { recursive: true, force: true });
  }
}

async function chapter(
  happened: Parameters<typeof startAccount>[0],
  tell: (account: Account) => Promise<void>,
): Promise<void> {
  const account = await startAccount(happened);
  try {
    await tell(account);
  } finally {
    await account.close();
  }
}

async function main(): Promise<void> {
  const clusters = await plannedClusters();
  say('Plumbline asks, from the outside, whether what a collector sends really arrives.');
  say(
    paint('faint', 'This AWS account is simulated; HTTP, signatures, PromQL, verdicts and alerts are real.'),
  );

  heading('1. An EKS cluster with the ADOT add-on writes to Amazon Managed Prometheus and CloudWatch');
  await chapter(
    () => {},
    async (account) => {
      say(
        `  ${account.pipeline.series.length} series of nine scrape jobs; three signals say what must hold (rehearsal/plumbline.yaml).`,
      );
      await check(clusters, account, 'ok');
    },
  );

  heading('2. One job dies');
  const jobDied =
    (minutes: number): Parameters<typeof startAccount>[0] =>
    (pipeline, _emf, now) =>
      pipeline.stopJob('kubernetes-pods', now - minutes * MINUTE_MS, { staleMarkers: false });
  await chapter(jobDied(4.5), async (account) => {
    say(
      '  Somebody edits the scrape configuration, and the job kubernetes-pods is gone. Four and a half minutes later',
    );
    say(`  a plain query, ${PLAIN_QUERY}, still shows ${plainQuery(account)} series,`);
    say(
      '  because Prometheus shows a series for five minutes after its last sample. Plumbline asks how old they are:',
    );
    await check(clusters, account, 'failing');
  });
  await chapter(jobDied(14.5), async (account) => {
    say(
      `\n  Ten minutes on, the same query shows ${plainQuery(account)} series, and whatever alarms on their values is silent.`,
    );
    say('  An expected group never disappears silently:');
    await check(clusters, account, 'failing');
  });

  heading('3. The collector loses aps:RemoteWrite');
  await chapter(
    (pipeline, _emf, now) => pipeline.denyRemoteWrite(now - 15 * MINUTE_MS),
    async (account) => {
      say(
        '  A policy is tidied up. The pod stays green, its health endpoint answers 200, the add-on is ACTIVE, and the same',
      );
      say(
        '  collector still writes to CloudWatch. A quarter of an hour later the scheduled run tells people:',
      );
      await alert(account);
    },
  );

  heading('4. Plumbline itself may not look');
  await chapter(
    () => {},
    async (account) => {
      account.amp.deny('aps:QueryMetrics');
      say(
        '  The next edit takes the right to query from Plumbline. Could not look is never "nothing there": this is no',
      );
      say('  outage, and says what is missing.');
      await check(clusters, account, 'unknown');
    },
  );

  heading('Now on your own Prometheus');
  say('  cp plumbline.example.yaml plumbline.yaml    # then edit it; README.md has a 60-second start');
  say('  npm run -s plumbline -- check');
}

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit();
  throw error;
});

await main();
