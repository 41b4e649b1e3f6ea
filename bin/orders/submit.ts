import type { Command } from 'commander';
import type { LedgerRecord } from '../../lib/ledger/record.ts';
import { contentHash } from '../../lib/order/content-hash.ts';
import { type Order, readOrder } from '../../lib/order/order.ts';
import { buildOrderPayload } from '../../lib/sitniks/orders/payload.ts';
import { STATE_WORDS } from './advice.ts';
import { Refusal } from './failure.ts';
import { readText } from './patch-file.ts';
import { against, outputOf } from './session.ts';

export function submitCommand(program: Command): void {
  program
    .command('submit')
    .description('put an order from a file onto the queue')
    .argument('<file>', 'the order as JSON, as POST /orders takes it; - reads standard input')
    .option('--dry-run', 'only show the body that Sitniks would get')
    .action(async (file: string, options: { dryRun?: true }, command: Command) => {
      const order = await readOrderFile(file);
      if (options.dryRun) {
        const payload = buildOrderPayload(order);
        outputOf(command).result(payload, JSON.stringify(payload, null, 2));
        return;
      }
      await against(command, async ({ relay, out }) => {
        const { external_id } = order;
        const known = await relay.ledger.get(external_id);
        const intake = decideSubmission(known, contentHash(order));
        if (intake === 'taken') {
          throw new Refusal(
            `Another order has the number ${external_id} (${known?.state}): give this one a number of its own, or change that one in Sitniks.`,
          );
        }
        if (intake === 'send') await relay.ordersQueue.send(JSON.stringify(order));
        const state = intake === 'send' ? 'accepted' : (known?.state ?? 'accepted');
        out.result(
          { external_id, state, sent: intake === 'send' },
          intake === 'send'
            ? `Order ${external_id} is on the queue. Where it is: orders show ${external_id}`
            : `Order ${external_id} has been sent before, and is ${STATE_WORDS[state]}. Nothing to do.`,
        );
        return true;
      });
    });
}

/** As `POST /orders` decides (design, "Intake contract"). */
function decideSubmission(known: LedgerRecord | undefined, hash: string): 'send' | 'repeat' | 'taken' {
  if (known === undefined) return 'send';
  switch (known.state) {
    case 'rejected':
    case 'parked':
      return 'send';
    case 'accepted':
    case 'syncing':
    case 'synced':
    case 'retrying':
    case 'in_doubt':
      return known.content_hash === hash ? 'repeat' : 'taken';
  }
}

/** @throws {Refusal} with a line for each problem, none with a value of the order in it. */
async function readOrderFile(file: string): Promise<Order> {
  const reading = readOrder(await readText(file));
  if (reading.ok) return reading.order;
  const lines = reading.errors.map(({ pointer, detail }) => `  ${pointer}  ${detail}`);
  throw new Refusal(`${file} is not an order:\n${lines.join('\n')}`);
}
