import { vi } from 'vitest';
import * as z from 'zod';
import { parseJson } from '../../lib/order/parse-json.ts';

/** A line as a function has written it, and CloudWatch would have it. */
const lineSchema = z.looseObject({
  level: z.string(),
  message: z.string(),
  /** Of the function, as in serverless.yml. */
  service: z.string(),
  timestamp: z.iso.datetime(),
  external_id: z.string().optional(),
});
export type CapturedLine = z.output<typeof lineSchema>;

/**
 * The lines of exported handlers in this process, from now on, instead of on its standard output. They log only where
 * `POWERTOOLS_LOG_LEVEL` was set before they were loaded.
 */
export function captureLog(): { lines: CapturedLine[]; stop: () => void } {
  const lines: CapturedLine[] = [];
  const outputs = [process.stdout, process.stderr].map((stream) => {
    const write = stream.write.bind(stream);
    return vi.spyOn(stream, 'write').mockImplementation((chunk) => {
      const line = lineSchema.safeParse(parseJson(String(chunk)));
      return line.success ? lines.push(line.data) > 0 : write(chunk);
    });
  });
  return {
    lines,
    stop() {
      for (const output of outputs) output.mockRestore();
    },
  };
}
