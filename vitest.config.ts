import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    testTimeout: 20_000,
    projects: [
      { extends: true, test: { name: 'test', include: ['test/**/*.test.ts'] } },
      { extends: true, test: { name: 'proof', include: ['test/**/*.proof.ts'], testTimeout: 600_000 } },
    ],
  },
});
