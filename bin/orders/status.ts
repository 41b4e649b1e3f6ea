import type { Command } from 'commander';
import { asking, isToFollow } from '../../lib/ledger/follow.ts';
import { isExternalId } from '../../lib/order/external-id.ts';
import { ORDER_STATUSES } from '../../lib/order/order.ts';
import { statusBodySchema } from '../../lib/order/status-change.ts';
import { Refusal, WrongUsage } from './failure.ts';
import { against, type Session } from './session.ts';

export function statusCommand(program: Command): void {
  program
    .command('status')
    .description('say how far an order is, as PUT /orders/{external_id}/status does: never back')
    .argument('<external_id>', 'the number under which it was sent')
    .argument('<status>', ORDER_STATUSES.join(', '))
    .action((externalId: string, status: string, _options: object, command: Command) => {
      if (!isExternalId(externalId)) throw new WrongUsage('This cannot be an external_id.');
      const { data } = statusBodySchema.safeParse({ status });
      if (data === undefined) throw new WrongUsage(`A status is one of ${ORDER_STATUSES.join(', ')}.`);
      return against(command, (session) => move(session, externalId, data.status));
    });
}

async function move(
  { relay, out }: Session,
  external_id: string,
  status: (typeof ORDER_STATUSES)[number],
): Promise<boolean> {
  const record = await relay.ledger.get(external_id);
  if (record === undefined) {
    throw new Refusal(`No order ${external_id} is known, so it has no status to change.`);
  }
  const isSent = isToFollow(record, status);
  if (isSent) {
    await relay.ordersQueue.send(JSON.stringify({ external_id, status }), {
      submitted_by: record.submitted_by,
    });
  }
  const wanted = asking(record, status, Date.now()).status?.wanted ?? status;
  out.result(
    { external_id, sent: isSent, wanted, in_crm: record.status?.in_crm ?? null },
    isSent
      ? `${external_id} is to be ${status}. What comes of it: orders show ${external_id}`
      : `${external_id} is ${wanted} already: an order never goes back. Nothing to do.`,
  );
  return true;
}
