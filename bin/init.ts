import { access, writeFile } from 'node:fs/promises';
import { checkNow } from '../lib/attempt.ts';
import { quote } from '../lib/config/problems.ts';
import type { Config } from '../lib/config/schema.ts';
import { prometheusUrl, region as regionSchema } from '../lib/config/texts.ts';
import { counted } from '../lib/counted.ts';
import { drafted } from '../lib/init/init.ts';
import { look } from '../lib/init/look.ts';
import type { InitPorts } from '../lib/init/looking.ts';
import { lookAtPrometheus } from '../lib/init/prometheus.ts';
import { headerOf, toldGaps } from '../lib/init/telling.ts';
import { yamlOf } from '../lib/init/write.ts';
import { plan } from '../lib/plan.ts';
import { printable } from '../lib/printable.ts';
import { sourceMemory } from '../lib/sources/source.ts';
import { EXIT } from './exit.ts';
import { lookingPorts } from './looking.ts';
import { shippedProfiles } from './profiles.ts';
import { progress } from './progress.ts';
import { region } from './store.ts';
import { isRunByNpm } from './taken-by-npm.ts';

/** How many clusters are checked side by side, so that none runs out of its half minute. */
const CLUSTERS_A_CHECK = 10;

export interface InitOptions {
  readonly region?: readonly string[];
  readonly prometheus?: readonly string[];
  readonly output: string;
  readonly toolVersion: string;
}

/** Looks into the account and writes a configuration for what is alive in it. Returns the exit code. */
export async function init({ output, toolVersion, ...options }: InitOptions): Promise<number> {
  const regions = regionsOf(options);
  if ('problem' in regions) return wrong(regions.problem);
  if (await isThere(output)) return wrong(inTheWay(output));
  const line = progress(process.stderr);
  const ports = lookingPorts(line.show);
  const identities = regions.regions.map((one) => ({ region: one, role: undefined, externalId: undefined }));
  const local = {
    region: regions.regions[0] ?? region() ?? 'us-east-1',
    role: undefined,
    externalId: undefined,
  };
  const seen = await Promise.all(identities.map((identity) => look(identity, ports)));
  const servers = await Promise.all(
    (options.prometheus ?? []).map((url) => lookAtPrometheus(url, local, ports)),
  );
  const check = (config: Config) => checked(config, toolVersion, ports, line.show);
  const more = {
    clusters: servers.flatMap(({ clusters }) => clusters),
    left: servers.flatMap(({ left }) => left),
  };
  const { draft, config, unobserved } = await drafted(seen, more, await shippedProfiles(), check);
  line.clear();
  const gaps = [...seen, ...servers].flatMap((one) => one.gaps);
  const unseen = [...toldGaps(gaps), ...unobserved.map((one) => printable(one, 600))];
  for (const one of unseen) process.stderr.write(`plumbline: ${one}\n`);
  if (!config) return nothing(draft.left, unseen);
  const text = yamlOf(draft, headerOf(regions.regions, gaps, ports.clock.now()));
  try {
    await writeFile(output, text, { flag: 'wx' });
  } catch (error) {
    return wrong(isCode(error, 'EEXIST') ? inTheWay(output) : `cannot write ${output}: ${messageOf(error)}`);
  }
  const signals = config.clusters.reduce((sum, one) => sum + one.signals.length, 0);
  const counts = `${counted(config.clusters.length, 'cluster')}, ${counted(signals, 'signal')}`;
  process.stdout.write(`${output}: written, ${counts}; read it, then: ${checking(output)}\n`);
  return unseen.length > 0 ? EXIT.unknown : EXIT.ok;
}

function regionsOf({
  region: given,
  prometheus,
}: Pick<InitOptions, 'region' | 'prometheus'>):
  | { readonly regions: readonly string[] }
  | { readonly problem: string } {
  const byDefault = region();
  const regions = given ?? (byDefault === undefined || prometheus ? [] : [byDefault]);
  const strange = regions.find((one) => !regionSchema.safeParse(one).success);
  if (strange !== undefined)
    return { problem: `--region ${quote(strange)} is not an AWS region; write one such as eu-west-1` };
  for (const url of prometheus ?? []) {
    const [issue] = prometheusUrl.safeParse(url).error?.issues ?? [];
    if (issue) return { problem: `--prometheus ${shownUrl(url)} ${issue.message}` };
  }
  if (regions.length === 0 && !prometheus)
    return { problem: 'which region? write --region eu-west-1 (repeatable), or set AWS_REGION' };
  return { regions: [...new Set(regions)] };
}

/** Without what stands before an @, which may be a password: what is told ends up in logs. */
function shownUrl(url: string): string {
  return quote(url.replace(/^(.*:\/\/)?.*@/, '$1…@'));
}

/** As `check` does, some clusters after the other. */
async function checked(config: Config, toolVersion: string, ports: InitPorts, show: (line: string) => void) {
  const planned = plan(config, {});
  if ('problems' in planned) throw new Error(planned.problems.join('; '));
  const reports = [];
  for (let from = 0; from < planned.clusters.length; from += CLUSTERS_A_CHECK) {
    show(`checking what was found, ${from} of ${counted(planned.clusters.length, 'cluster')} …`);
    const some = planned.clusters.slice(from, from + CLUSTERS_A_CHECK);
    const settings = { until: undefined, since: undefined };
    reports.push(
      await checkNow(some, settings, {
        ...ports,
        toolVersion,
        memory: sourceMemory,
        onDefect: (error) => {
          throw error;
        },
      }),
    );
  }
  const [first] = reports;
  if (!first) throw new Error('there was nothing to check');
  return { ...first, clusters: reports.flatMap(({ clusters }) => clusters) };
}

function nothing(left: readonly string[], unseen: readonly string[]): number {
  for (const one of left) process.stderr.write(`plumbline: ${printable(one, 500)}\n`);
  process.stderr.write('plumbline: nothing that is alive and ok was seen, so nothing was written\n');
  return unseen.length > 0 ? EXIT.unknown : EXIT.failing;
}

function checking(output: string): string {
  return asTyped(`check${output === 'plumbline.yaml' ? '' : ` --config ${output}`}`);
}

function comparing(output: string): string {
  return asTyped(`init --compare${output === 'plumbline.yaml' ? '' : ` --config ${output}`}`);
}

/** As it is written where this was: in a checkout there is no command of that name. */
function asTyped(command: string): string {
  return `${isRunByNpm(process.env) ? 'npm run -s plumbline --' : 'plumbline'} ${command}`;
}

function inTheWay(output: string): string {
  return `${output} is there, and is not written over; name another with --output, or see what it does not watch: ${comparing(output)}`;
}

async function isThere(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function wrong(problem: string): number {
  process.stderr.write(`plumbline: ${problem}\n`);
  return EXIT.wrong;
}
