import type { Command } from 'commander';
import { connect, type Relay } from './connect.ts';
import { Interrupted } from './failure.ts';
import { createOutput, type Output } from './output.ts';

/** What every command has in common. */
export interface GlobalOptions {
  stage: string;
  region: string;
  json?: true;
}

/** A command under way. */
export interface Session {
  relay: Relay;
  out: Output;
  /** @throws {Interrupted} once Ctrl-C was pressed: to be asked before each step. */
  goOn(): void;
}

export const outputOf = (command: Command): Output => {
  const { json = false } = command.optsWithGlobals<GlobalOptions>();
  return createOutput(json);
};

/**
 * Runs a command against its stage, and lets go of everything at the end. Ctrl-C ends it at the next step, so that
 * what it has in hand is given back; a second one ends it at once.
 *
 * @param run resolves to whether all was well: the exit code is then 0, else 1.
 */
export async function against(command: Command, run: (session: Session) => Promise<boolean>): Promise<void> {
  let isInterrupted = false;
  const interrupt = () => {
    isInterrupted = true;
  };
  const signals = ['SIGINT', 'SIGTERM'] as const;
  for (const signal of signals) process.once(signal, interrupt);
  const relay = await connect(command.optsWithGlobals<GlobalOptions>());
  try {
    const isWell = await run({
      relay,
      out: outputOf(command),
      goOn() {
        if (isInterrupted) throw new Interrupted();
      },
    });
    process.exitCode = isWell ? 0 : 1;
  } finally {
    for (const signal of signals) process.off(signal, interrupt);
    relay.close();
  }
}
