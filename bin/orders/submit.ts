import { type Command, InvalidArgumentError, Option } from 'commander';
import { callerName } from '../../lib/callers/caller-name.ts';
import { decideIntake, startOf } from '../../lib/intake/decide-intake.ts';
import { contentOf } from '../../lib/order/content-hash.ts';
import { type Order, readOrder } from '../../lib/order/order.ts';
import { buildOrderPayload } from '../../lib/sitniks/orders/payload.ts';
import { Refusal } from './failure.ts';
import { readText } from './patch-file.ts';
import { against, outputOf } from './session.ts';
import { STATE_WORDS } from './words.ts';

export function submitCommand(program: Command): void {
  program
    .command('submit')
    .description('put an order from a file onto the queue')
    .argument('<file>', 'the order as JSON, as POST /orders takes it; - reads standard input')
    .addOption(
      new Option('--submitted-by <caller>', 'whose order it is: who can ask for it, and is told').argParser(
        parseCaller,
      ),
    )
    .option('--dry-run', 'only show the body that Sitniks would get')
    .action(async (file: string, options: SubmitOptions, command: Command) => {
      const order = await readOrderFile(file);
      if (options.dryRun) {
        const payload = buildOrderPayload(order);
        outputOf(command).result(payload, JSON.stringify(payload, null, 2));
        return;
      }
      await against(command, async ({ relay, out }) => {
        const { external_id } = order;
        const { submittedBy: submitted_by } = options;
        const known = await relay.ledger.get(external_id);
        const intake = decideIntake(known, {
          external_id,
          ...contentOf(order),
          wanted_status: order.status,
          submitted_by,
        });
        if (intake.kind === 'taken' || intake.kind === 'taken_by_nobody' || intake.kind === 'foreign') {
          throw new Refusal(
            `Another order has the number ${external_id} (${known?.state}): give this one a number of its own, or change that one in Sitniks.`,
          );
        }
        const isSent = intake.kind !== 'repeat';
        if (isSent && submitted_by === undefined) {
          out.note(
            'Nobody can ask for this order, nor is told of it: --submitted-by <caller> says whose it is.',
          );
        }
        if (isSent) {
          const start = startOf(intake);
          await relay.ordersQueue.send(JSON.stringify(order), { submitted_by, start });
        }
        const state = isSent ? 'accepted' : (known?.state ?? 'accepted');
        out.result(
          { external_id, state, sent: isSent },
          isSent
            ? `Order ${external_id} is on the queue. Where it is: orders show ${external_id}`
            : `Order ${external_id} has been sent before, and is ${STATE_WORDS[state].en}. Nothing to do.`,
        );
        return true;
      });
    });
}

interface SubmitOptions {
  submittedBy?: string;
  dryRun?: true;
}

function parseCaller(name: string): string {
  const parsed = callerName.safeParse(name);
  if (!parsed.success)
    throw new InvalidArgumentError('It is the name of a caller in the secret with the tokens.');
  return parsed.data;
}

/** @throws {Refusal} with a line for each problem, none with a value of the order in it. */
async function readOrderFile(file: string): Promise<Order> {
  const reading = readOrder(await readText(file));
  if (reading.ok) return reading.order;
  const lines = reading.errors.map(({ pointer, detail }) => `  ${pointer}  ${detail}`);
  throw new Refusal(`${file} is not an order:\n${lines.join('\n')}`);
}
