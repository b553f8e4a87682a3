/**
 * Builds `dist/`: the command line and the Lambda functions as JavaScript, and the configuration as JSON. A user's
 * plumbline.yaml wins; without one the example is taken, with a warning. Ends with 2 where the configuration is wrong.
 */
import { mkdir, rm } from 'node:fs/promises';
import { relative } from 'node:path';
import { bundleCommandLine, bundleFunctions, configurationFile, writeConfiguration } from './bundle.ts';

const DIST = new URL('../dist', import.meta.url).pathname;

const { file, isExample } = configurationFile(process.env);
if (isExample) process.stderr.write(`build: no plumbline.yaml here, taking ${relative('.', file)}\n`);
await rm(DIST, { recursive: true, force: true });
await mkdir(DIST, { recursive: true });
const [problems] = await Promise.all([
  // Packing sets it: the interval of clusters that say none.
  writeConfiguration(isExample ? relative('.', file) : file, DIST, process.env['EVERY']),
  bundleCommandLine(DIST),
  bundleFunctions(DIST),
]);
for (const problem of problems) process.stderr.write(`${problem}\n`);
if (problems.length > 0) process.exitCode = 2;
