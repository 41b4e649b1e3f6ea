import type { Command } from 'commander';
import type { Failure } from '../../lib/explanations/failure.ts';
import type { LedgerRecord } from '../../lib/ledger/record.ts';
import { isExternalId } from '../../lib/order/external-id.ts';
import { Refusal, WrongUsage } from './failure.ts';
import { type InHand, withDeadLetters } from './letters.ts';
import { messageOption } from './selection.ts';
import { against, type Session } from './session.ts';

export function forgetCommand(program: Command): void {
  program
    .command('forget')
    .description("erase one order's copies from the dead-letter queue, and the CRM's words of it, for good")
    .argument('[external_id]', 'the number under which it was sent')
    .addOption(messageOption())
    .option('--dry-run', 'only say what would be erased')
    .addHelpText(
      'after',
      `
What the CRM said of the order goes from the ledger too. Its states and codes stay for 90 days: there is nothing
personal in them. What Sitniks has is to be erased there. Of the orders queue nothing can be picked out: what is still
on its way is erased once it has got somewhere.
Exit code 1: something could not be erased or looked at, or may still be on its way; ask again.`,
    )
    .action((externalId: string | undefined, options: ForgetOptions, command: Command) => {
      const { dryRun = false, message } = options;
      if ((externalId === undefined) === (message === undefined))
        throw new WrongUsage('Say which: the number of an order, or --message.');
      if (externalId === undefined) {
        return against(command, (session) => forgetLetter(session, message, dryRun));
      }
      if (!isExternalId(externalId)) {
        throw new WrongUsage('This cannot be an external_id: those have 1 to 128 of A-Z a-z 0-9 _ . : -');
      }
      return against(command, (session) =>
        withDeadLetters(
          session,
          ({ external_id }) => external_id === externalId || external_id === undefined,
          (inHand) => forget(session, inHand, externalId, dryRun),
        ),
      );
    });
}

interface ForgetOptions {
  dryRun?: boolean;
  message?: string;
}

/** One letter by SQS's id of it: it has no number, or is one of several that have the same. */
const forgetLetter = (
  { relay, out, goOn }: Session,
  message: string | undefined,
  dryRun: boolean,
): Promise<boolean> =>
  withDeadLetters(
    { relay, out, goOn },
    ({ messageId }) => messageId === message,
    async ({ letters, remove }) => {
      if (letters.length === 0) throw new Refusal(`No letter ${message} is to be had: orders list --letters`);
      const isErased = dryRun || (await remove(letters));
      out.result(
        { message_id: message, dry_run: dryRun, erased: isErased && !dryRun ? 1 : 0 },
        isErased
          ? `${dryRun ? 'Would erase' : 'Erased'} the letter ${message}.`
          : 'It could not be erased: ask again in a minute.',
      );
      return isErased;
    },
  );

async function forget(
  { relay, out }: Session,
  inHand: InHand,
  externalId: string,
  dryRun: boolean,
): Promise<boolean> {
  const copies = inHand.letters.filter(({ external_id }) => external_id === externalId);
  // A body that cannot be read has no number, and may hold anybody's data.
  const unreadable = inHand.letters.filter(({ external_id }) => external_id === undefined).length;
  const isErased = dryRun || copies.length === 0 || (await inHand.remove(copies));
  const record = await relay.ledger.get(externalId);
  const isOnItsWay = mayMove(record);
  const wordless = record && !isOnItsWay ? withoutWords(record) : undefined;
  const isSilent = dryRun || wordless === undefined || (await relay.ledger.replace(wordless)) !== undefined;

  out.result(
    {
      external_id: externalId,
      dry_run: dryRun,
      letters: copies.length,
      erased: isErased && !dryRun ? copies.length : 0,
      words: wordless !== undefined,
      on_its_way: isOnItsWay,
      in_other_hands: inHand.elsewhere,
      not_seen: inHand.unseen,
      unreadable,
    },
    [
      isErased
        ? `${dryRun ? 'Would erase' : 'Erased'} ${copies.length} dead ${copies.length === 1 ? 'letter' : 'letters'} of ${externalId}.`
        : `Not all of the ${copies.length} dead letters of ${externalId} could be erased: ask again in a minute.`,
      ...wordsOf(wordless !== undefined, isSilent, dryRun),
      ...(isOnItsWay
        ? [
            'It is still on its way, so a copy is on the orders queue: ask again once it is in Sitniks or parked.',
          ]
        : []),
      ...(unreadable > 0
        ? [
            `${unreadable} on the dead-letter queue cannot be read, and could be anybody's: npm run orders -- list --letters`,
          ]
        : []),
    ].join('\n'),
  );
  const isAllSeen = inHand.elsewhere === 0 && inHand.unseen === 0;
  return isErased && isSilent && !isOnItsWay && isAllSeen;
}

function wordsOf(areThere: boolean, isSilent: boolean, dryRun: boolean): string[] {
  if (!areThere) return [];
  if (!isSilent) return ['What the CRM said of it has just changed in the ledger: ask again.'];
  return [`${dryRun ? 'Would erase' : 'Erased'} what the CRM said of it from the ledger.`];
}

const ERASED = 'erased at the request of whoever it was about';

/** The record without what was said of the order; why it failed stays, as a code. `undefined`: nothing is to be erased. */
function withoutWords(record: LedgerRecord): LedgerRecord | undefined {
  const failures = [record.error, ...(record.outbox ?? []).map(({ error }) => error)];
  if (failures.every((failure) => failure === undefined || failure.message === ERASED)) return undefined;
  const silent = <T extends { error?: Failure | undefined }>(one: T): T =>
    one.error === undefined ? one : { ...one, error: { ...one.error, message: ERASED } };
  return { ...silent(record), outbox: record.outbox?.map(silent) };
}

function mayMove(record: LedgerRecord | undefined): boolean {
  switch (record?.state) {
    case 'accepted':
    case 'syncing':
    case 'retrying':
    case 'in_doubt':
      return true;
    case 'synced':
    case 'rejected':
    case 'parked':
    case undefined:
      return false;
  }
}
