import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

// For esbuild, of which each local stack has one: memory for time.
process.env['GOGC'] ??= '400';
// Five workers and a hundred commands load the same modules: compiled by the first, and from here by the rest.
process.env['NODE_COMPILE_CACHE'] ??= join(import.meta.dirname, 'node_modules/.cache/compiled');

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Every test names its own deadline by waiting for a condition; this is only the net below.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    // A machine that is shared may stall for longer than a deadline; a law that does not hold fails every time.
    retry: process.env['CI'] === undefined ? 0 : 2,
    isolate: false,
    setupFiles: ['test/kit/fresh-file.ts'],
    // For 2 cores: mostly they wait for a queue, and meanwhile others work.
    maxWorkers: 5,
    // What is logged is read by the tests that are about it, each from a process of its own.
    env: { POWERTOOLS_LOG_LEVEL: 'SILENT' },
  },
});
