import type { Command } from 'commander';

/**
 * Ends with an error where the first word is no command of this program: commander itself shows its general help, as if
 * all was well, to whoever asks `nonsense --help` or `help nonsense`.
 */
export function requireKnownCommand(program: Command, argv: readonly string[] = process.argv.slice(2)): void {
  const { operands } = program.parseOptions([...argv]);
  const [name] = operands[0] === 'help' ? operands.slice(1) : operands;
  const names = program.commands.map((command) => command.name());
  if (name === undefined || names.includes(name)) return;
  program.error(`error: unknown command '${name}': there are ${names.join(', ')}`);
}
