import { globSync, readFileSync } from 'node:fs';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const uses = (file: string, names: RegExp): boolean => names.test(readFileSync(file, 'utf8'));

/** The whole relay, started anew for each mutant, takes longer than all else together. */
const WHOLE = /\bstartRelay\b/;
/** What starts a server takes longer than what does not, and most mutants are found by what does not. */
const SERVING = /\b(startStack|startSandbox|startHttpServer|startCallbackReceiver|startFauxqs)\b/;
const STACK = /\bstartStack\b/;

class QuickFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) =>
      Number(uses(moduleId, SERVING)) + Number(uses(moduleId, STACK));
    return files.toSorted((a, b) => rank(a) - rank(b));
  }
}

/** The tests of `lib/` that are quick enough to be run for each mutant: what they find is a lower bound. */
export default defineConfig({
  test: {
    include: globSync('test/lib/**/*.test.ts').filter((file) => !uses(file, WHOLE)),
    testTimeout: 30_000,
    isolate: false,
    sequence: { sequencer: QuickFirst },
    setupFiles: ['test/kit/fresh-file.ts'],
    env: { POWERTOOLS_LOG_LEVEL: 'SILENT' },
  },
});
