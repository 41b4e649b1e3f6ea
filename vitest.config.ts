import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Every test names its own deadline by waiting for a condition; this is only the net below.
    testTimeout: 60_000,
    hookTimeout: 180_000,
    // On a machine that is shared a process may start late; a law that does not hold fails each time.
    retry: process.env['CI'] === undefined ? 0 : 2,
    // For 2 cores: while some wait for a queue, another works.
    maxWorkers: 3,
    // What is logged is read by the tests that are about it, each from a process of its own.
    env: { POWERTOOLS_LOG_LEVEL: 'SILENT' },
  },
});
