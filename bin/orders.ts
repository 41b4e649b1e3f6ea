#!/usr/bin/env node
import { Command, CommanderError } from 'commander';
import { requireKnownCommand } from './known-command.ts';
import { doctorCommand } from './orders/doctor.ts';
import { explain } from './orders/failure.ts';
import { forgetCommand } from './orders/forget.ts';
import { listCommand } from './orders/list.ts';
import { createOutput } from './orders/output.ts';
import { previewCommand } from './orders/preview.ts';
import { proveCommand } from './orders/prove.ts';
import { redriveCommand } from './orders/redrive.ts';
import { settleCommand } from './orders/settle.ts';
import { setupCommand } from './orders/setup.ts';
import { showCommand } from './orders/show.ts';
import { statusCommand } from './orders/status.ts';
import { submitCommand } from './orders/submit.ts';
import { tellCommand } from './orders/tell.ts';

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

// A reader that has seen enough, such as head, is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

try {
  requireKnownCommand(program);
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    // Said already, by commander.
    process.exitCode = error.exitCode === 0 ? 0 : 2;
  } else {
    const { message, exitCode } = explain(error);
    createOutput(process.argv.includes('--json')).fail(message);
    process.exitCode = exitCode;
  }
}
