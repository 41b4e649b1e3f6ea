import type { Command } from 'commander';
import type { LedgerRecord } from '../../lib/ledger/record.ts';
import { isExternalId } from '../../lib/order/external-id.ts';
import { WrongUsage } from './failure.ts';
import { type InHand, withDeadLetters } from './letters.ts';
import { against, type Session } from './session.ts';

export function forgetCommand(program: Command): void {
  program
    .command('forget')
    .description("erase one order's copies from the dead-letter queue, for good")
    .argument('<external_id>', 'the number under which it was sent')
    .option('--dry-run', 'only say what would be erased')
    .addHelpText(
      'after',
      `
The ledger keeps the order's states for 90 days: there is nothing personal in them. What Sitniks has is to be erased
there. Of the orders queue nothing can be picked out: what is still on its way is erased once it has got somewhere.
Exit code 1: something could not be erased or looked at, or may still be on its way; ask again.`,
    )
    .action((externalId: string, { dryRun = false }: { dryRun?: boolean }, command: Command) => {
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
  const isOnItsWay = mayMove(await relay.ledger.get(externalId));

  out.result(
    {
      external_id: externalId,
      dry_run: dryRun,
      letters: copies.length,
      erased: isErased && !dryRun ? copies.length : 0,
      on_its_way: isOnItsWay,
      not_seen: inHand.unseen,
      unreadable,
    },
    [
      isErased
        ? `${dryRun ? 'Would erase' : 'Erased'} ${copies.length} dead ${copies.length === 1 ? 'letter' : 'letters'} of ${externalId}.`
        : `Not all of the ${copies.length} dead letters of ${externalId} could be erased: ask again in a minute.`,
      ...(isOnItsWay
        ? [
            'It is still on its way, so a copy is on the orders queue: ask again once it is in Sitniks or parked.',
          ]
        : []),
      ...(unreadable > 0
        ? [
            `${unreadable} on the dead-letter queue cannot be read, and could be anybody's: npm run orders -- list`,
          ]
        : []),
    ].join('\n'),
  );
  return isErased && !isOnItsWay && inHand.unseen === 0;
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
