import type { Command } from 'commander';
import * as z from 'zod';
import { isOfStatus } from '../../lib/dead-letters/letter.ts';
import { sendBack } from '../../lib/dead-letters/send-back.ts';
import { amend } from '../../lib/ledger/amend.ts';
import { paymentOf, seenBooked } from '../../lib/ledger/payments.ts';
import type { LedgerRecord } from '../../lib/ledger/record.ts';
import { isExternalId } from '../../lib/order/external-id.ts';
import { hryvnia } from '../../lib/order/hryvnia.ts';
import type { Settlement } from '../../lib/queues/codec.ts';
import { Refusal, WrongUsage } from './failure.ts';
import { withDeadLetters } from './letters.ts';
import { against, type Session } from './session.ts';

interface Options {
  thereAs?: string;
  create?: true;
  payment?: string;
}

const crmNumber = z.string().regex(/^[\w.:-]{1,64}$/);

export function settleCommand(program: Command): void {
  program
    .command('settle')
    .description('say of an order, or of a payment, that may be in Sitniks or may not, which it is')
    .argument('<external_id>', 'the number under which it was sent')
    .option('--there-as <number>', 'it is there, and this is its number there')
    .option('--create', 'it is not there: create it')
    .option('--payment <amount>', 'a payment of so much is there, or has been entered by hand')
    .addHelpText(
      'after',
      `
Only for an order that was parked as unproven, and for a payment that is in doubt. Look into Sitniks first: what you say
is believed, and --create makes a second order where there is one already.`,
    )
    .action((externalId: string, options: Options, command: Command) => {
      if (!isExternalId(externalId)) throw new WrongUsage('This cannot be an external_id.');
      const { thereAs, create, payment } = options;
      if ([thereAs, create, payment].filter((option) => option !== undefined).length !== 1)
        throw new WrongUsage('Say one of: --there-as <number>, --create, or --payment <amount>');
      if (payment !== undefined) {
        const amount = hryvnia.safeParse(Number(payment)).data;
        if (amount === undefined) throw new WrongUsage('This cannot be an amount: hryvnia, such as 1299.50');
        return against(command, (session) => settlePayment(session, externalId, amount));
      }
      if (thereAs !== undefined && !crmNumber.safeParse(thereAs).success)
        throw new WrongUsage('This cannot be a number of Sitniks.');
      return against(command, (session) => settle(session, externalId, thereAs));
    });
}

const settle = (session: Session, externalId: string, thereAs: string | undefined): Promise<boolean> =>
  withDeadLetters(
    session,
    (letter) => letter.external_id === externalId && !isOfStatus(letter),
    async ({ letters, remove }) => {
      const { relay, out } = session;
      const record = await relay.ledger.get(externalId);
      if (record?.state !== 'parked' || record.error?.type !== 'UNPROVEN' || record.settled_at === undefined)
        throw new Refusal(`${externalId} does not wait for this: npm run orders -- show ${externalId}`);
      const [letter] = letters;
      if (letter === undefined)
        throw new Refusal(`The letter of ${externalId} is in other hands: try again in a few minutes.`);
      const settlement: Settlement =
        thereAs === undefined
          ? { isThere: false, settledAt: record.settled_at }
          : { isThere: true, crmOrderId: thereAs, settledAt: record.settled_at };
      await sendBack(letter, record, { body: letter.body, redriven: 1, settlement }, relay.ordersQueue);
      if (!(await remove(letters))) out.note('A letter could not be deleted: it is removed by itself later.');
      out.result(
        { external_id: externalId, there_as: thereAs ?? null, create: thereAs === undefined },
        thereAs === undefined
          ? `${externalId} is created now.`
          : `${externalId} is noted as ${thereAs} in Sitniks.`,
      );
      return true;
    },
  );

/** Its letter is a copy then, and removed with the others by tending. */
async function settlePayment({ relay, out }: Session, externalId: string, amount: number): Promise<boolean> {
  const record = await amend(relay.ledger, externalId, (known) =>
    isUnsettled(known, amount) ? seenBooked(known, amount, Date.now()) : undefined,
  );
  if (record === undefined)
    throw new Refusal(
      `${externalId} has no payment of ${amount} that waits for this: npm run orders -- show ${externalId}`,
    );
  out.result(
    { external_id: externalId, payment: amount, state: 'booked' },
    `The payment of ${amount} is noted as being in Sitniks. Its letter is removed by itself.`,
  );
  return true;
}

const isUnsettled = (record: LedgerRecord, amount: number): boolean =>
  ['in_doubt', 'not_booked'].includes(paymentOf(record, amount)?.state ?? '');
