import { expect, test, vi } from 'vitest';
import { createLog, LOG_FIELDS, type LogFields } from '../../../lib/lambda/observability.ts';

/** The lines that are written while it runs. */
function linesOf(write: () => void): Record<string, unknown>[] {
  const lines: string[] = [];
  vi.stubEnv('POWERTOOLS_LOG_LEVEL', 'INFO');
  // The logger has a console of its own.
  for (const stream of [process.stdout, process.stderr]) {
    vi.spyOn(stream, 'write').mockImplementation((line) => lines.push(String(line)) > 0);
  }
  write();
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  return lines.map((line) => JSON.parse(line));
}

test('every field that compiles is written: a list beside the type used to swallow what was missing in it', () => {
  const fields = Object.fromEntries([...LOG_FIELDS].map((name) => [name, `of ${name}`]));
  const [line] = linesOf(() => createLog('test').child(fields).info('Seen'));
  expect(line).toMatchObject({ message: 'Seen', ...fields });
});

test('what is no field of the log is not written, however it gets there', () => {
  const foreign: LogFields = Object.assign({ state: 'synced' }, { phone: '+380671234567' });
  const [line] = linesOf(() => createLog('test').warn('Seen', foreign));
  expect(line).toMatchObject({ state: 'synced' });
  expect(line).not.toHaveProperty('phone');
});
