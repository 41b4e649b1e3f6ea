import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { pathOf, run, withFile } from './snippets.ts';

/** relay.mjs says in comments what the relay's answers are: whoever pastes it gets these types in the editor. */

const CONTRACT = fileURLToPath(new URL('../../lib/intake/contract.ts', import.meta.url));
const EXPLANATION = fileURLToPath(new URL('../../lib/explanations/explanation.ts', import.meta.url));

const SAME = `
import type { Callback, Posted, ProblemBody } from '${CONTRACT}';
import type { Explanation } from '${EXPLANATION}';
import type * as relay from '${pathOf('relay.mjs')}';

export const callback = (value: Callback): relay.Callback => value;
export const explanation = (value: Explanation): relay.Explanation => value;
export const answers = (value: Posted | ProblemBody): relay.Answer => value;
export const types = (value: relay.Callback['type']): Callback['type'] => value;
export const who = (value: relay.Explanation['who']): Explanation['who'] => value;
`;

test('relay.mjs and callback-server.mjs pass the compiler, and their types are those of the contract', async () => {
  const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc');
  const types = fileURLToPath(new URL('../../node_modules/@types', import.meta.url));
  const strict = '--strict --noUncheckedIndexedAccess --skipLibCheck';
  const options = `--ignoreConfig --noEmit --allowJs --checkJs --allowImportingTsExtensions ${strict}`;
  const target = `--module nodenext --target es2025 --types node --typeRoots ${types}`;
  const { code, stdout } = await withFile(
    SAME,
    (same) =>
      run(process.execPath, [
        tsc,
        ...`${options} ${target}`.split(' '),
        pathOf('relay.mjs'),
        pathOf('callback-server.mjs'),
        same,
      ]),
    'same.mts',
  );
  expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
});
