import { type Command, Option } from 'commander';
import type { Step } from '../../lib/dead-letters/resend-plan.ts';
import { parseRate } from './duration.ts';
import { WrongUsage } from './failure.ts';
import { type InHand, type Selection, selects, withDeadLetters } from './letters.ts';
import { sinceOption, typeOption } from './list.ts';
import { table } from './output.ts';
import { readPatch } from './patch-file.ts';
import { carryOut, plan } from './redrive-run.ts';
import { against, type Session } from './session.ts';

/** To see what is to be done with a letter takes a second at most, and some to begin. */
const PLAN_SECONDS = 60;

interface RedriveOptions extends Omit<Selection, 'externalIds'> {
  dryRun?: true;
  /** Milliseconds from one to the next. */
  rate: number;
  patch?: string;
}

export function redriveCommand(program: Command): void {
  program
    .command('redrive')
    .description('send dead letters back onto the queue; without a selection, all of them')
    .argument('[external_id...]', 'numbers of orders')
    .addOption(typeOption())
    .addOption(sinceOption())
    .option('--dry-run', 'only say what would be done')
    .addOption(
      new Option('--rate <rate>', 'at most so many, such as 2/s')
        .argParser(parseRate)
        .default(parseRate('10/s'), '10/s'),
    )
    .option('--patch <file>', 'JSON merge patch (RFC 7396) that mends the order: {"customer":{"phone":"…"}}')
    .addHelpText(
      'after',
      `
The order is sent first and its letter deleted after, and the ledger lets no order into Sitniks twice. What is in
doubt is looked up in Sitniks first, or left. It counts as sent back for the first time again.
Exit code 1: an order was refused, and why is said; or it may be in other hands just now, or among more letters than
can be looked at. Not found among all of them is no error: then there is nothing to do.`,
    )
    .action(async (externalIds: string[], options: RedriveOptions, command: Command) => {
      const patch = options.patch === undefined ? undefined : await readPatch(options.patch);
      const now = Date.now();
      await against(command, (session) =>
        withDeadLetters(
          session,
          (letter) => selects({ ...options, externalIds }, letter, now),
          (inHand) => redrive(session, inHand, { ...options, externalIds }, patch),
        ),
      );
    });
}

async function redrive(
  session: Session,
  inHand: InHand,
  options: RedriveOptions & Selection,
  patch: object | undefined,
): Promise<boolean> {
  const now = Date.now();
  const selected = inHand.letters;
  if (patch !== undefined && 'external_id' in patch && selected.length > 1) {
    throw new WrongUsage('This patch sets the external_id: it can mend one order, not several.');
  }

  const kept = await inHand.keep(selected, PLAN_SECONDS + selected.length);
  const lost = selected.length - kept.length;
  if (lost > 0) session.out.note(`${lost} got into other hands meanwhile: try again in a few minutes.`);
  const planned = await plan(session, kept, patch, now);
  const done = options.dryRun ? planned : await carryOut(session, inHand, planned, options.rate);

  // What is not found may be in others' hands, or be one of too many, and still to be sent.
  const isAllSeen = inHand.elsewhere === 0 && inHand.unseen === 0;
  const known = new Set(selected.map(({ external_id }) => external_id));
  const notFound = (options.externalIds ?? []).filter((id) => !known.has(id));
  const count = (action: Step['action']) => done.filter(({ step }) => step.action === action).length;
  const orders = done.map(({ letters: [letter, ...copies], step }) => ({
    external_id: letter.external_id ?? null,
    type: letter.reason,
    action: step.action,
    why: step.why,
    letters: 1 + copies.length,
  }));
  session.out.result(
    {
      dry_run: options.dryRun ?? false,
      counts: { send: count('send'), remove: count('remove'), skip: count('skip'), refuse: count('refuse') },
      orders,
      not_found: notFound,
      in_other_hands: inHand.elsewhere,
      not_seen: inHand.unseen,
    },
    toText(orders, notFound, isAllSeen, options.dryRun ?? false),
  );
  const isAllKnown = notFound.length === 0 || isAllSeen;
  return count('refuse') === 0 && lost === 0 && isAllKnown;
}

const DONE = { send: 'sent', remove: 'removed', skip: 'left', refuse: 'refused' } as const;
const WOULD = {
  send: 'would send',
  remove: 'would remove',
  skip: 'would leave',
  refuse: 'would refuse',
} as const;

function toText(
  orders: readonly { external_id: string | null; type: string; action: Step['action']; why: string }[],
  notFound: readonly string[],
  isAllSeen: boolean,
  isDryRun: boolean,
): string {
  const words = isDryRun ? WOULD : DONE;
  const lines: string[] = [];
  if (orders.length > 0) {
    const rows = orders.map(({ external_id, type, action, why }) => [
      external_id ?? '(none)',
      type,
      words[action],
      why,
    ]);
    lines.push(table(['order', 'type', 'what', 'why'], rows));
  }
  if (notFound.length > 0) {
    const where = isAllSeen ? 'Not on the dead-letter queue' : 'Not found among what could be looked at';
    lines.push(`${where}: ${notFound.join(', ')}`);
  }
  const sums = (['send', 'remove', 'skip', 'refuse'] as const)
    .map((action) => ({ action, count: orders.filter((order) => order.action === action).length }))
    .filter(({ count }) => count > 0)
    .map(({ action, count }) => `${words[action]} ${count}`);
  lines.push(sums.length === 0 ? 'Nothing to do.' : `${sums.join(', ')}.`);
  return lines.join('\n');
}
