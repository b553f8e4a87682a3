import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    testTimeout: 20_000,
    // Much of the time is spent waiting for child processes: one more worker than there are cores, where there are only two.
    maxWorkers: Math.max(3, availableParallelism() - 1),
    projects: [
      { extends: true, test: { name: 'test', include: ['test/**/*.test.ts'] } },
      { extends: true, test: { name: 'proof', include: ['test/**/*.proof.ts'], testTimeout: 600_000 } },
    ],
  },
});
