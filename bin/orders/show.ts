import { type Command, Option } from 'commander';
import { isExternalId } from '../../lib/order/external-id.ts';
import { Refusal, WrongUsage } from './failure.ts';
import { letterDocument, letterText } from './letter-text.ts';
import { withDeadLetters } from './letters.ts';
import { toDocument } from './order-document.ts';
import { toText } from './order-text.ts';
import { messageOption } from './selection.ts';
import { against, type Session } from './session.ts';
import { LANGUAGES, type Language } from './words.ts';

export function showCommand(program: Command): void {
  program
    .command('show')
    .description('one order: where it is, why, what its submitter was told, and what to do')
    .argument('[external_id]', 'the number under which it was sent')
    .addOption(messageOption())
    .option('--reveal', 'with --message: what it says in full')
    .addOption(new Option('--lang <language>', 'of the words').choices(LANGUAGES).default('en'))
    .action((externalId: string | undefined, options: ShowOptions, command: Command) => {
      const { lang, message, reveal = false } = options;
      if ((externalId === undefined) === (message === undefined))
        throw new WrongUsage('Say which: the number of an order, or --message.');
      if (externalId === undefined) {
        return against(command, (session) => showLetter(session, { message, reveal, lang }));
      }
      if (!isExternalId(externalId)) {
        throw new WrongUsage('This cannot be an external_id: those have 1 to 128 of A-Z a-z 0-9 _ . : -');
      }
      return against(command, async (session) => {
        const { letters, unseen } = await withDeadLetters(
          session,
          ({ external_id }) => external_id === externalId,
          async (inHand) => inHand,
        );
        const record = await session.relay.ledger.get(externalId);
        if (record === undefined && letters.length === 0) {
          throw new Refusal(
            unseen === 0
              ? `Nothing is known of ${externalId}: no order came in under it in the last 90 days.`
              : `The ledger does not know ${externalId}, and not all dead letters could be looked at.`,
          );
        }
        const tellings = await session.relay.tellingsOf(externalId);
        const shown = toDocument(externalId, record, letters, tellings, Date.now());
        session.out.result(shown, toText(shown, lang));
        return true;
      });
    });
}

interface ShowOptions {
  lang: Language;
  message?: string;
  reveal?: true;
}

const showLetter = (
  session: Session,
  { message, reveal, lang }: { message: string | undefined; reveal: boolean; lang: Language },
): Promise<boolean> =>
  withDeadLetters(
    session,
    ({ messageId }) => messageId === message,
    async ({ letters: [letter] }) => {
      if (letter === undefined) throw new Refusal(`No letter ${message} is to be had: orders list --letters`);
      const document = letterDocument(letter, reveal);
      session.out.result(document, letterText(document, lang));
      return true;
    },
  );
