/** `npm start`: a pipeline in a simulated account is verified, broken twice, and each verdict shown as a user sees it. */
import { readFile } from 'node:fs/promises';
import pLimit from 'p-limit';
import packageJson from '../package.json' with { type: 'json' };
import { paintFor } from '../bin/paint.ts';
import { loadConfig } from '../lib/config/load.ts';
import { plan } from '../lib/plan.ts';
import { text } from '../lib/report/text.ts';
import { run } from '../lib/run.ts';
import { sourceMemory } from '../lib/sources/source.ts';
import type { Verdict } from '../lib/verify.ts';
import { startAmp } from './amp.ts';
import { simulatedClock } from './clock.ts';
import { startPipeline } from './pipeline.ts';
import { eksAdotAmp } from './pipelines/eks-adot-amp.ts';
import { evaluateQuery } from './promql/evaluate.ts';

const MINUTE_MS = 60_000;
const CONFIG = new URL('plumbline.yaml', import.meta.url);
const WORKSPACE = 'ws-rehearsal';
const CREDENTIALS = { accessKeyId: 'AKIAREHEARSAL', secretAccessKey: 'a-secret-of-the-rehearsal' };
const PLAIN_QUERY = 'scrape_duration_seconds{job="kubernetes-pods"}';

const paint = paintFor(process.stdout);
const say = (line = ''): void => {
  process.stdout.write(`${line}\n`);
};
const heading = (title: string): void => say(`\n${paint('strong', title)}`);
const indented = (block: string): string => block.trimEnd().replace(/^(?=.)/gm, '    ');

async function main(): Promise<void> {
  const clock = simulatedClock(Date.parse('2026-11-20T12:00:00Z'));
  const pipeline = startPipeline(eksAdotAmp({ cluster: 'prod-eu' }), clock.now() - 24 * 60 * MINUTE_MS);
  const amp = await startAmp({
    clock,
    region: 'eu-west-1',
    credentials: [CREDENTIALS],
    workspaces: new Map([[WORKSPACE, pipeline]]),
  });
  process.env['AWS_ENDPOINT_URL_AMP'] = amp.url;
  const loaded = await loadConfig(await readFile(CONFIG, 'utf8'), {
    file: 'rehearsal/plumbline.yaml',
    env: {},
  });
  if (!('config' in loaded)) throw new Error(loaded.problems.map(({ message }) => message).join('\n'));
  const planned = plan(loaded.config, {});
  if (!('clusters' in planned)) throw new Error(planned.problems.join('\n'));

  const check = async (expected: Verdict): Promise<void> => {
    say(`  ${paint('faint', `${new Date(clock.now()).toISOString().slice(11, 19)} $`)} plumbline check`);
    const report = await run(planned.clusters, {
      clock,
      deadline: clock.now() + 30_000,
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
  };
  const plainQuery = (): number => {
    const { result } = evaluateQuery(PLAIN_QUERY, pipeline, clock.now());
    return result.type === 'vector' ? result.samples.length : 0;
  };

  try {
    say('Plumbline asks, from the outside, whether what a collector sends really arrives.');
    say(
      paint(
        'faint',
        'This account and its clock are simulated; HTTP, signatures, PromQL and verdicts are real.',
      ),
    );

    heading('1. An EKS cluster with the ADOT add-on writes to Amazon Managed Prometheus');
    say(
      `  ${pipeline.series.length} series of nine scrape jobs; three signals say what must hold (rehearsal/plumbline.yaml).`,
    );
    await check('ok');

    heading('2. One job dies');
    clock.jump(30 * MINUTE_MS);
    pipeline.stopJob('kubernetes-pods', clock.now(), { staleMarkers: false });
    say(
      '  Somebody edits the scrape configuration, and the job kubernetes-pods is gone. Four and a half minutes later:',
    );
    clock.jump(4.5 * MINUTE_MS);
    say(`  a plain query, ${PLAIN_QUERY}, still shows ${plainQuery()} series,`);
    say(
      '  because Prometheus shows a series for five minutes after its last sample. Plumbline asks how old they are:',
    );
    await check('failing');
    clock.jump(10 * MINUTE_MS);
    say(
      `  Ten minutes on, the same plain query shows ${plainQuery()} series, and whatever alarms on their values is silent.`,
    );
    say('  An expected group never disappears silently:');
    await check('failing');

    heading('3. The job is back, and all is well');
    pipeline.startJob('kubernetes-pods', clock.now());
    clock.jump(5 * MINUTE_MS);
    await check('ok');

    heading('4. The collector loses aps:RemoteWrite');
    clock.jump(30 * MINUTE_MS);
    pipeline.denyRemoteWrite(clock.now());
    say(
      '  A policy is tidied up. The pod stays green, its health endpoint answers 200, the add-on is ACTIVE. A quarter',
    );
    say('  of an hour later nothing has arrived in AMP, and nothing else has noticed:');
    clock.jump(15 * MINUTE_MS);
    await check('failing');

    heading('5. Plumbline itself may not look');
    pipeline.allowRemoteWrite(clock.now());
    clock.jump(20 * MINUTE_MS);
    amp.deny('aps:QueryMetrics');
    say(
      '  The policy is restored, but the next edit takes the right to query from Plumbline. Could not look is never',
    );
    say('  "nothing there": this is no outage, and says what is missing.');
    await check('unknown');

    heading('Now on your own Prometheus');
    say('  cp plumbline.example.yaml plumbline.yaml    # then edit it; README.md has a 60-second start');
    say('  npm run -s plumbline -- check');
  } finally {
    await amp.close();
  }
}

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit();
  throw error;
});

await main();
