#!/usr/bin/env node
/** Looks into the sandbox CRM that npm start runs, breaks it, and mends it. */
import { Argument, Command, InvalidArgumentError, Option } from 'commander';
import { readPorts } from '../local/ports.ts';
import { FAULTS } from '../local/sandbox/faults.ts';
import { ask } from './ask.ts';
import { requireKnownCommand } from './known-command.ts';
import { callbacks, restore } from './restore.ts';

const askSandbox = (path: string, method = 'GET', body?: object) =>
  ask(
    new URL(`http://localhost:${readPorts().SANDBOX_PORT}/_sandbox${path}`),
    {
      method,
      ...(body !== undefined && {
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
    },
    'run npm start in another terminal',
  );

const program = new Command('sandbox').description(
  'The sandbox CRM on this machine: what it has, how it fails.',
);

program
  .command('orders')
  .description('what has arrived')
  .action(() => askSandbox('/orders'));
program
  .command('calls')
  .description('every call, without personal data')
  .action(() => askSandbox('/calls'));
program
  .command('break')
  .description('the next calls fail')
  .addArgument(new Argument('<fault>', 'how').choices(FAULTS))
  .option('--times <count>', 'how many calls', wholeNumber)
  .option('--order <number>', 'only calls for this order')
  .addOption(new Option('--on <calls>', 'which calls').choices(['create', 'search', 'any']))
  .option('--status <status>', 'of `status` and `validation`', wholeNumber)
  .option('--message <text>', 'what `validation` says')
  .action((fault: string, { order, ...settings }: { order?: string }) =>
    askSandbox('/faults', 'POST', { fault, ...settings, ...(order !== undefined && { external_id: order }) }),
  );
program
  .command('mend')
  .description('no call fails any more')
  .action(() => askSandbox('/faults', 'DELETE'));
program
  .command('callbacks')
  .description('where callbacks go; with a URL, to a receiver of your own')
  .argument('[url]', 'such as http://localhost:5000/callbacks')
  .action(callbacks);
program.command('restore').description('everything as it was at the start, but for orders').action(restore);

requireKnownCommand(program);
await program.parseAsync();

function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new InvalidArgumentError('Must be a whole number of at least 1.');
  return Number(text);
}
