#!/usr/bin/env node
/** Posts a file to the API as a bot would: on any machine, in any shell. */
import { readFile } from 'node:fs/promises';
import { Command } from 'commander';
import { askApi, WHICH_RELAY } from './api.ts';

const command = new Command('order')
  .description('Posts an order to the API as a bot does, and prints the answer.')
  .argument('<file>', 'an order as JSON, such as events/order.json')
  .option('--as <number>', 'under this external_id instead of its own')
  .option('--wait <seconds>', 'how long the relay may wait for the CRM before it answers, at most 20', '8')
  .addHelpText('after', WHICH_RELAY);

await command
  .action(async (file: string, { as, wait }: { as?: string; wait: string }) => {
    const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) =>
      command.error(`${file} cannot be read (${error.code})`),
    );
    const body = as === undefined ? text : renamed(text, as);
    await askApi(`/orders?${new URLSearchParams({ wait })}`, { method: 'POST', body });
  })
  .parseAsync();

function renamed(order: string, external_id: string): string {
  try {
    return JSON.stringify({ ...JSON.parse(order), external_id });
  } catch {
    return command.error('--as needs a file that is JSON');
  }
}
