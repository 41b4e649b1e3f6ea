import { readFileSync } from 'node:fs';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** What starts a server takes longer than what does not, and most mutants are found by what does not. */
const isSlow = ({ moduleId }: TestSpecification): boolean =>
  /\b(startRelay|startStack|startSandbox|startHttpServer|startCallbackReceiver|runStory)\b/.test(
    readFileSync(moduleId, 'utf8'),
  );

class QuickFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return files.toSorted((a, b) => Number(isSlow(a)) - Number(isSlow(b)));
  }
}

/** The tests that are quick enough to be run for each mutant. */
export default defineConfig({
  test: {
    include: ['test/lib/**/*.test.ts', 'test/mutation/*.test.ts'],
    testTimeout: 30_000,
    isolate: false,
    sequence: { sequencer: QuickFirst },
    setupFiles: ['test/kit/fresh-file.ts'],
    env: { POWERTOOLS_LOG_LEVEL: 'SILENT' },
  },
});
