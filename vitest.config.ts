import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/support/longest-first.ts';

export default defineConfig({
  test: {
    // A limit for what hangs, not for what is slow: the machine may be busy with other things.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Modules keep no state between tests, so that files can share them: a third less time.
    isolate: false,
    sequence: { sequencer: LongestFirst },
    globalSetup: ['test/support/build-command.ts'],
    setupFiles: ['test/support/seed.ts'],
    // Much of the time is spent waiting for child processes: one more worker than there are cores, where there are only two.
    maxWorkers: Math.max(3, availableParallelism() - 1),
    projects: [
      { extends: true, test: { name: 'test', include: ['test/**/*.test.ts'] } },
      { extends: true, test: { name: 'proof', include: ['test/**/*.proof.ts'], testTimeout: 600_000 } },
    ],
  },
});
