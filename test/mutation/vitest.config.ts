import { globSync, readFileSync } from 'node:fs';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const uses = (file: string, names: RegExp): boolean => names.test(readFileSync(file, 'utf8'));

/** They start queues and tables of their own, and would be started anew for each mutant. */
const HEAVY = /\b(startRelay|startStack)\b/;
/** What starts a server takes longer than what does not, and most mutants are found by what does not. */
const SERVING = /\b(startSandbox|startHttpServer|startCallbackReceiver|startFauxqs)\b/;

class QuickFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => Number(uses(moduleId, SERVING));
    return files.toSorted((a, b) => rank(a) - rank(b));
  }
}

/** The tests of `lib/` that are quick enough to be run for each mutant: what they find is a lower bound. */
export default defineConfig({
  test: {
    include: globSync('test/lib/**/*.test.ts').filter((file) => !uses(file, HEAVY)),
    testTimeout: 30_000,
    isolate: false,
    sequence: { sequencer: QuickFirst },
    setupFiles: ['test/kit/fresh-file.ts'],
    env: { POWERTOOLS_LOG_LEVEL: 'SILENT' },
  },
});
