import { mkdir, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { bundleCommandLine } from '../../tools/bundle.ts';
import { BUILT, ROOT } from './process.ts';

/** Builds the command line once for all tests, as it ships, and again before what is run again by `vitest --watch`. */
export async function setup(project: TestProject): Promise<void> {
  const build = (): Promise<void> => bundleCommandLine(join(BUILT, 'dist'));
  await mkdir(BUILT, { recursive: true });
  const profiles = join(BUILT, 'profiles');
  await rm(profiles, { force: true });
  await symlink(join(ROOT, 'profiles'), profiles);
  await build();
  project.onTestsRerun(build);
}
