import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import packageJson from '../package.json' with { type: 'json' };
import { bundleFunctions } from '../tools/bundle.ts';
import { ROOT } from './support/process.ts';

interface Row {
  readonly name: string;
  readonly licence: string;
  readonly kb: number;
  readonly reason: string;
}

async function rows(): Promise<readonly Row[]> {
  const readme = await readFile(`${ROOT}README.md`, 'utf8');
  const section = readme.split('\n## Dependencies\n')[1]?.split('\n## ')[0] ?? '';
  return [...section.matchAll(/^\| `([^`]+)` \| ([^|]+) \| (\d+|–) \| ([^|]+) \|$/gm)].map(
    ([, name = '', licence = '', kb = '', reason = '']) => ({
      name,
      licence,
      kb: kb === '–' ? 0 : Number(kb),
      reason,
    }),
  );
}

/** What the README says that packages add which are in no row: those that the ones in the table bring. */
async function broughtAlong(): Promise<number> {
  const readme = await readFile(`${ROOT}README.md`, 'utf8');
  return Number(/share \([^)]+\) adds (\d+) KB/.exec(readme)?.[1]);
}

/** Kilobytes of each package in what `verify` is bundled of. */
async function bundled(): Promise<ReadonlyMap<string, number>> {
  const outdir = await mkdtemp(join(tmpdir(), 'plumbline-sizes-'));
  onTestFinished(() => rm(outdir, { recursive: true, force: true }));
  const [verify] = await bundleFunctions(outdir, ['verify']);
  const bytes = new Map<string, number>();
  for (const { inputs } of Object.values(verify?.outputs ?? {})) {
    for (const [file, { bytesInOutput }] of Object.entries(inputs)) {
      const [, name] = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file) ?? [];
      if (name !== undefined) bytes.set(name, (bytes.get(name) ?? 0) + bytesInOutput / 1000);
    }
  }
  return bytes;
}

test('the README tells of every production dependency: licence, size and reason', async () => {
  const [table, sizes] = [await rows(), await bundled()];
  // What functions are made of although the packed command does not need it.
  const inFunctions = Object.keys(packageJson.devDependencies).filter((name) => sizes.has(name));
  // Only empty files of it are left.
  const expected = [...Object.keys(packageJson.dependencies), ...inFunctions].filter(
    (name) => name !== '@smithy/types',
  );
  expect(table.map(({ name }) => name)).toEqual(expected.sort());
  for (const { name, licence, kb, reason } of table) {
    const text = await readFile(`${ROOT}node_modules/${name}/package.json`, 'utf8');
    const declared = (JSON.parse(text) as { license: string }).license;
    expect([name, licence]).toEqual([name, declared.replace(/[()]/g, '').replace(' AND ', ' and ')]);
    expect(reason.length).toBeGreaterThan(4);
    const actual = sizes.get(name) ?? 0;
    expect(Math.abs(actual - kb), `${name} adds ${actual.toFixed(1)} KB, not ${kb}`).toBeLessThan(
      2 + actual * 0.15,
    );
  }
  const listed = new Set(table.map(({ name }) => name));
  const others = [...sizes].filter(([name]) => !listed.has(name)).reduce((sum, [, kb]) => sum + kb, 0);
  const told = await broughtAlong();
  expect(Math.abs(others - told), `others add ${others.toFixed(0)} KB, not ${told}`).toBeLessThan(
    others * 0.15,
  );
}, 120_000);
