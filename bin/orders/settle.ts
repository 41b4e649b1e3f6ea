import type { Command } from 'commander';
import * as z from 'zod';
import { sendBack } from '../../lib/dead-letters/send-back.ts';
import { isExternalId } from '../../lib/order/external-id.ts';
import type { Settlement } from '../../lib/queues/codec.ts';
import { Refusal, WrongUsage } from './failure.ts';
import { withDeadLetters } from './letters.ts';
import { against, type Session } from './session.ts';

interface Options {
  thereAs?: string;
  create?: true;
}

const crmNumber = z.string().regex(/^[\w.:-]{1,64}$/);

export function settleCommand(program: Command): void {
  program
    .command('settle')
    .description('say of an order that may be in Sitniks, or may not, which it is')
    .argument('<external_id>', 'the number under which it was sent')
    .option('--there-as <number>', 'it is there, and this is its number there')
    .option('--create', 'it is not there: create it')
    .addHelpText(
      'after',
      `
Only for an order that was parked as unproven. Look into Sitniks first: what you say is believed, and --create makes a
second order where there is one already.`,
    )
    .action((externalId: string, options: Options, command: Command) => {
      if (!isExternalId(externalId)) throw new WrongUsage('This cannot be an external_id.');
      if ((options.thereAs === undefined) === (options.create === undefined))
        throw new WrongUsage('Say one of the two: --there-as <number>, or --create');
      if (options.thereAs !== undefined && !crmNumber.safeParse(options.thereAs).success)
        throw new WrongUsage('This cannot be a number of Sitniks.');
      return against(command, (session) => settle(session, externalId, options.thereAs));
    });
}

const settle = (session: Session, externalId: string, thereAs: string | undefined): Promise<boolean> =>
  withDeadLetters(
    session,
    ({ external_id }) => external_id === externalId,
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
