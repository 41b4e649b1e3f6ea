import * as z from 'zod';

/** A command line, as it is asked of the shell. */
export const askedSchema = z.object({
  args: z.array(z.string()).readonly(),
  env: z.record(z.string(), z.string()),
  input: z.string(),
});
export type Asked = z.infer<typeof askedSchema>;

/** How it ended. */
export const endedSchema = z.object({ code: z.number(), stdout: z.string(), stderr: z.string() });
