import { Command, CommanderError } from 'commander';
import { requireKnownCommand } from '../known-command.ts';
import { doctorCommand } from './doctor.ts';
import { explain } from './failure.ts';
import { forgetCommand } from './forget.ts';
import { listCommand } from './list.ts';
import { createOutput } from './output.ts';
import { previewCommand } from './preview.ts';
import { proveCommand } from './prove.ts';
import { redriveCommand } from './redrive.ts';
import { settleCommand } from './settle.ts';
import { setupCommand } from './setup.ts';
import { showCommand } from './show.ts';
import { statusCommand } from './status.ts';
import { submitCommand } from './submit.ts';
import { tellCommand } from './tell.ts';

function createProgram(): Command {
  const program = new Command('orders')
    .description('What has become of orders, and how to send on those that are stuck.')
    .option('--stage <stage>', 'local: what npm start runs here; any other: a deployed stack', 'local')
    .option('--region <region>', 'AWS region of a deployed stack', 'eu-central-1')
    .option('--json', 'one JSON document on standard output; notes and progress go to standard error')
    .exitOverride()
    .configureHelp({ showGlobalOptions: true })
    .addHelpText(
      'afterAll',
      `
Exit codes: 0 fine; 1 something is wrong, or was refused; 2 wrong usage; 130 ended by Ctrl-C.
Names, phones and the like are masked unless you ask for them. For JSON to a script: npm run -s orders -- … --json`,
    );

  for (const add of [
    listCommand,
    showCommand,
    redriveCommand,
    forgetCommand,
    previewCommand,
    submitCommand,
    statusCommand,
    settleCommand,
    tellCommand,
    setupCommand,
    doctorCommand,
    proveCommand,
  ])
    add(program);
  return program;
}

/** Runs a command line as its words after `orders`, and says by `process.exitCode` how it went. */
export async function runOrders(argv: readonly string[]): Promise<void> {
  const program = createProgram();
  try {
    requireKnownCommand(program, argv);
    await program.parseAsync(argv, { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) {
      // Said already, by commander.
      process.exitCode = error.exitCode === 0 ? 0 : 2;
    } else {
      const { message, exitCode } = explain(error);
      createOutput(argv.includes('--json')).fail(message);
      process.exitCode = exitCode;
    }
  }
}
