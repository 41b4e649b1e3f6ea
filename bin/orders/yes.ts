import { createInterface } from 'node:readline/promises';
import { Interrupted, Refusal } from './failure.ts';

/** Asks whoever sits at the terminal. @throws {Refusal} where nobody does, or the answer is no yes. */
export async function requireYes(what: string): Promise<void> {
  if (!process.stdin.isTTY) throw new Refusal(`${what}: look at it with --dry-run, then say --yes.`);
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await terminal.question(`${what}. Type yes to go on: `).catch(() => {
      // Ctrl-C, or the terminal is gone.
      throw new Interrupted();
    });
    if (answer.trim().toLowerCase() !== 'yes') throw new Refusal('Nothing was done.');
  } finally {
    terminal.close();
  }
}
