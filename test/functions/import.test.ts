import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bundleFunctions, functionNames } from '../../tools/bundle.ts';
import { runProgram } from '../support/process.ts';

/** Records what an import reads of the environment. */
const WATCHED = `
const read = new Set();
process.env = new Proxy({ ...process.env }, {
  // Node itself asks for this one whenever a module is loaded.
  get: (env, name) => { if (name !== 'WATCH_REPORT_DEPENDENCIES') read.add(String(name)); return env[name]; },
  has: (env, name) => { read.add(String(name)); return name in env; },
  ownKeys: (env) => { read.add('*'); return Reflect.ownKeys(env); },
});
const { handler } = await import(process.argv[2]);
process.stdout.write(JSON.stringify({ handler: typeof handler, read: [...read] }));
`;

let dist = '';
beforeAll(async () => {
  dist = await mkdtemp(join(tmpdir(), 'plumbline-dist-'));
  await bundleFunctions(dist);
  await writeFile(join(dist, 'watched.mjs'), WATCHED);
}, 60_000);
afterAll(() => rm(dist, { recursive: true, force: true }));

test.each(functionNames)('importing %s reads no environment', async (name) => {
  const { stdout, stderr } = await runProgram(process.execPath, [
    join(dist, 'watched.mjs'),
    join(dist, `${name}.mjs`),
  ]);
  expect(stderr).toBe('');
  expect(JSON.parse(stdout)).toEqual({ handler: 'function', read: [] });
});

/** The files that importing one loads: what it imports when needed is not among them. */
async function loadedBy(file: string, seen = new Set<string>()): Promise<Set<string>> {
  if (seen.has(file)) return seen;
  seen.add(file);
  const text = await readFile(join(dist, file), 'utf8');
  for (const [, next = ''] of text.matchAll(
    /(?:^|[;}\s])(?:import|export)[^;()]*?["']\.\/([\w.-]+\.mjs)["']/g,
  )) {
    await loadedBy(next, seen);
  }
  return seen;
}

test.each(functionNames)('importing %s loads no SDK', async (name) => {
  const isSdk = async (file: string) =>
    (await readFile(join(dist, file), 'utf8')).includes('AWS_ENDPOINT_URL');
  const all = (await readdir(dist)).filter((file) => file.startsWith(name));
  const sdk = (await Promise.all(all.map(async (file) => ((await isSdk(file)) ? [file] : [])))).flat();
  expect(sdk).not.toEqual([]);
  const loaded = await loadedBy(`${name}.mjs`);
  expect(sdk.filter((file) => loaded.has(file))).toEqual([]);
});

test.each(functionNames)('%s comes without the grammar of PromQL, and never asks for it', async (name) => {
  for (const file of (await readdir(dist)).filter((one) => one.startsWith(name))) {
    const text = await readFile(join(dist, file), 'utf8');
    expect([file, /MatrixSelector|import\(["']@prometheus-io/.test(text)]).toEqual([file, false]);
  }
});
