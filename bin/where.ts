#!/usr/bin/env node
/** Asks the API where an order is, as a bot would. */
import { Command } from 'commander';
import { askApi, WHICH_RELAY } from './api.ts';

await new Command('where')
  .description('Asks the API where an order is, as the bot that has sent it may, and prints the answer.')
  .argument('<external_id>', "the order's number")
  .addHelpText('after', WHICH_RELAY)
  .action((externalId: string) => askApi(`/orders/${encodeURIComponent(externalId)}`))
  .parseAsync();
