import { existsSync } from 'node:fs';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build, type BuildOptions, type Metafile } from 'esbuild';
import { systemClock } from '../lib/clock.ts';
import { builtConfig } from '../lib/config/load.ts';
import { readProfiles } from '../lib/profiles/read.ts';
import { formatProblem } from '../lib/config/problems.ts';

/** The Lambda functions: `functions/<name>.ts` is built to `<name>.mjs`, which exports `handler`. */
export const functionNames = [
  'dispatch',
  'verify',
  'check',
  'mute',
  'widget',
  'baseline',
  'compare',
] as const;

const EXAMPLE = 'plumbline.example.yaml';
const ROOT = new URL('..', import.meta.url).pathname;

const common = {
  absWorkingDir: ROOT,
  outExtension: { '.js': '.mjs' },
  bundle: true,
  splitting: true,
  platform: 'node',
  format: 'esm',
  target: 'node24',
  logLevel: 'warning',
} as const satisfies BuildOptions;

/** Dependencies written as CommonJS look for `require`, which modules lack. */
const REQUIRE = [
  "import { createRequire as plumblineCreateRequire } from 'node:module';",
  'const require = plumblineCreateRequire(import.meta.url);',
].join('');

/** Builds the command line: Node does not run TypeScript below node_modules. */
export async function bundleCommandLine(outdir: string): Promise<void> {
  await build({
    ...common,
    entryPoints: { plumbline: 'bin/start.ts' },
    outdir,
    chunkNames: 'chunks/[name]-[hash]',
    packages: 'external',
  });
  await chmod(join(outdir, 'plumbline.mjs'), 0o755);
}

/**
 * Builds each function with everything it needs beside it (`verify.mjs`, `verify-….mjs`): its zip holds these and the
 * configuration. What is imported only when needed, such as SDK clients, stays a file of its own, and costs no start.
 * Returns what each is made of, in the order of their names.
 */
export async function bundleFunctions(
  outdir: string,
  names: readonly (typeof functionNames)[number][] = functionNames,
): Promise<readonly Metafile[]> {
  const built = await Promise.all(
    names.map((name) =>
      build({
        ...common,
        entryPoints: { [name]: `functions/${name}.ts` },
        outdir,
        chunkNames: `${name}-[name]-[hash]`,
        mainFields: ['module', 'main'],
        // Queries of users were checked when the configuration was built: functions never load the grammar.
        external: ['@prometheus-io/lezer-promql'],
        alias: { '@aws-sdk/credential-provider-node': join(ROOT, 'functions/lambda-credentials.ts') },
        minify: true,
        legalComments: 'none',
        banner: { js: REQUIRE },
        metafile: true,
      }),
    ),
  );
  return built.map(({ metafile }) => metafile);
}

/** The configuration that a build takes: `PLUMBLINE_CONFIG`, a user's plumbline.yaml, or the example. */
export function configurationFile(env: Readonly<Record<string, string | undefined>>): {
  readonly file: string;
  readonly isExample: boolean;
} {
  const named = env['PLUMBLINE_CONFIG'];
  if (named) return { file: named, isExample: false };
  if (existsSync(join(ROOT, 'plumbline.yaml')))
    return { file: join(ROOT, 'plumbline.yaml'), isExample: false };
  return { file: join(ROOT, EXAMPLE), isExample: true };
}

/** Writes `plumbline.json`, which is all that a function reads; returns the problems that kept it from being written. */
export async function writeConfiguration(
  file: string,
  outdir: string,
  every?: string,
): Promise<readonly string[]> {
  const built = await builtConfig(await readFile(file, 'utf8'), {
    file,
    every,
    now: systemClock.now(),
    profiles: () => readProfiles(new URL('../profiles/', import.meta.url)),
  });
  for (const warning of built.warnings) process.stderr.write(`${formatProblem(warning)}\n`);
  if (!('json' in built)) return built.problems.map(formatProblem);
  await mkdir(outdir, { recursive: true });
  await writeFile(join(outdir, 'plumbline.json'), built.json);
  return [];
}
