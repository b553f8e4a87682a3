/** `npm start`: pipelines in a simulated account are verified, one of them is broken, and each verdict and alert shown as users see it. */
import pLimit from 'p-limit';
import packageJson from '../package.json' with { type: 'json' };
import { paintFor } from '../bin/paint.ts';
import { systemClock } from '../lib/clock.ts';
import type { PlannedCluster } from '../lib/plan.ts';
import type { Report } from '../lib/report/report.ts';
import { text } from '../lib/report/text.ts';
import { tally, took } from '../lib/report/words.ts';
import { run } from '../lib/run.ts';
import { sourceMemory } from '../lib/sources/source.ts';
import type { Verdict } from '../lib/verify.ts';
import { type Account, type AddOnAccount, CREDENTIALS, openAccount, startAccount } from './account.ts';
import { plannedIn } from './configuration.ts';
import { overview } from './overview.ts';
import { startEvery } from './pipelines/index.ts';
import { evaluateQuery } from './promql/evaluate.ts';
import { startScheduled } from './scheduled.ts';
import { slackAsText } from './slack-text.ts';
import { emptyWorld } from './world.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const CONFIG = new URL('plumbline.yaml', import.meta.url).pathname;
const PLAIN_QUERY = 'scrape_duration_seconds{job="kubernetes-pods"}';

const paint = paintFor(process.stdout);
const say = (line = ''): void => {
  process.stdout.write(`${line}\n`);
};
const heading = (title: string): void => say(`\n${paint('strong', title)}`);
const indented = (block: string): string => block.trimEnd().replace(/^(?=.)/gm, '    ');
const command = (line: string): void => say(`  ${paint('faint', '$')} ${line}`);

async function verified(
  clusters: readonly PlannedCluster[],
  account: Account,
  expected: Verdict,
): Promise<Report> {
  Object.assign(process.env, account.environment);
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
  if (report.verdict === expected) return report;
  say(indented(text(report, paint)));
  throw new Error(`the rehearsal expected ${expected}, not ${report.verdict}`);
}

async function check(
  clusters: readonly PlannedCluster[],
  account: Account,
  expected: Verdict,
): Promise<void> {
  command('plumbline check');
  say(indented(text(await verified(clusters, account, expected), paint)));
}

/** Every pipeline of the account on one page. */
async function everyPipeline(): Promise<void> {
  const world = emptyWorld();
  const standing = startEvery(world, systemClock.now() - 3 * DAY_MS);
  const account = await openAccount(world);
  try {
    const clusters = await plannedIn('pipelines.yaml', { PROMETHEUS_URL: account.prometheus.url });
    const report = await verified(clusters, account, 'ok');
    for (const line of overview(standing, report, paint)) say(line);
    const signals = report.clusters.flatMap((cluster) => cluster.signals);
    say(`  ${tally(signals)}, asked in ${took(report.durationMs)}. What must hold: rehearsal/pipelines.yaml`);
  } finally {
    await account.close();
  }
}

function plainQuery({ pipeline }: AddOnAccount): number {
  const { result } = evaluateQuery(PLAIN_QUERY, pipeline, systemClock.now());
  return result.type === 'vector' ? result.samples.length : 0;
}

/** An incident from the first failing run to the last word, as the people on call meet it. */
async function incident(account: AddOnAccount): Promise<void> {
  const scheduled = await startScheduled(account, CONFIG);
  const { receivers, queue } = scheduled;
  const told = () => [receivers.published.length, receivers.posted.length];
  const expectTold = (mails: number): void => {
    if (told().some((count) => count !== mails)) {
      throw new Error(
        `the rehearsal expected ${mails} messages on both channels, not ${told().join(' and ')}`,
      );
    }
  };
  const tick = async (event?: unknown): Promise<void> => {
    command('aws lambda invoke --function-name plumbline-live-verify …');
    await scheduled.run(event);
  };
  try {
    await tick();
    expectTold(0);
    const [asked] = queue.sent;
    if (!asked) throw new Error('the rehearsal expected a second look to be asked for');
    say(
      '  Failing once may be a hiccup: nobody is told. Instead of a whole interval, a second look is asked for',
    );
    say(
      `  in ${asked.delaySeconds} seconds, by a message to the queue. It sees the same, and that opens an incident:`,
    );
    await tick({ Records: [{ eventSource: 'aws:sqs', body: asked.body }] });
    expectTold(1);
    const [mail] = receivers.published;
    say(`  ${paint('strong', 'By e-mail, through SNS:')} ${mail?.subject}`);
    say(indented(mail?.message ?? ''));
    say(`\n  ${paint('strong', 'In Slack:')}`);
    say(indented(slackAsText(receivers.posted[0])));
    say(
      '\n  It stays broken, and runs come every five minutes. They have nothing new to tell, and tell nothing:',
    );
    await tick();
    await tick();
    expectTold(1);
    say('  The policy is put back. One run that sees all well is not yet the end, the second one is:');
    account.pipeline.allowRemoteWrite(systemClock.now() - 6 * MINUTE_MS);
    await tick();
    expectTold(1);
    await tick();
    expectTold(2);
    const over = receivers.published[1];
    say(`  ${paint('strong', 'By e-mail, through SNS:')} ${over?.subject}`);
    say(indented(over?.message ?? ''));
  } finally {
    await scheduled.close();
  }
}

async function chapter(
  happened: Parameters<typeof startAccount>[0],
  tell: (account: AddOnAccount) => Promise<void>,
): Promise<void> {
  const account = await startAccount(happened);
  try {
    await tell(account);
  } finally {
    await account.close();
  }
}

async function main(): Promise<void> {
  const clusters = await plannedIn('plumbline.yaml', { STATE_DIRECTORY: 'state' });
  say('Plumbline asks, from the outside, whether what a collector sends really arrives.');
  say(paint('faint', 'The account is simulated; HTTP, signatures, PromQL, verdicts, alerts are real.'));

  heading('1. Pipelines that many people run, each verified by the profile of its name');
  await everyPipeline();

  heading('2. The ADOT add-on of EKS writes to Amazon Managed Prometheus and CloudWatch');
  await chapter(
    () => {},
    async (account) => {
      say(
        `  ${account.pipeline.series.length} series of nine scrape jobs. What must hold: rehearsal/plumbline.yaml`,
      );
      await check(clusters, account, 'ok');
    },
  );

  heading('3. One job dies');
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

  heading('4. The collector loses aps:RemoteWrite');
  await chapter(
    (pipeline, _emf, now) => pipeline.denyRemoteWrite(now - 15 * MINUTE_MS),
    async (account) => {
      say(
        '  A policy is tidied up. The pod stays green, its health endpoint answers 200, the add-on is ACTIVE, and the same',
      );
      say('  collector still writes to CloudWatch. A quarter of an hour later the scheduled run looks:');
      await incident(account);
    },
  );

  heading('5. Plumbline itself may not look');
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
  say('  README.md has the lines for plumbline.yaml: "Sixty seconds on your own Prometheus"');
  say('  npm run -s plumbline -- check');
}

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit();
  throw error;
});

await main();
