import { type Command, Option } from 'commander';
import type { Step } from '../../lib/dead-letters/resend-plan.ts';
import { parseRate } from './duration.ts';
import { WrongUsage } from './failure.ts';
import { type InHand, withDeadLetters } from './letters.ts';
import { table } from './output.ts';
import { readPatch } from './patch-file.ts';
import { apart, carryOut, type Manner, type Planned, plan } from './redrive-run.ts';
import {
  messageOption,
  reasonOption,
  type Selection,
  selects,
  selectsAll,
  sinceOption,
  typeOption,
} from './selection.ts';
import { against, type Session } from './session.ts';
import { requireYes } from './yes.ts';

/** To see what is to be done with a letter takes a second at most, and some to begin. */
const PLAN_SECONDS = 60;

/** More than these at once nobody has looked at one by one. */
const MOST_UNASKED = 10;

interface Selects extends Omit<Selection, 'externalIds'> {
  all?: true;
  asIs?: true;
  patch?: string;
}

interface RedriveOptions extends Selects {
  yes?: true;
  dryRun?: true;
  /** Milliseconds from one to the next. */
  rate: number;
}

export function redriveCommand(program: Command): void {
  program
    .command('redrive')
    .description('send dead letters back onto the queue: those named, or a selection of them, or --all')
    .argument('[external_id...]', 'numbers of orders')
    .addOption(typeOption())
    .addOption(reasonOption())
    .addOption(sinceOption())
    .addOption(messageOption())
    .option('--all', 'every dead letter there is')
    .option('--dry-run', 'only say what would be done, and who would be told what')
    .addOption(
      new Option('--rate <rate>', 'at most so many, such as 2/s')
        .argParser(parseRate)
        .default(parseRate('10/s'), '10/s'),
    )
    .option(
      '--patch <file>',
      'JSON merge patch (RFC 7396) that mends the one order named: {"customer":{"phone":"…"}}',
    )
    .option('--as-is', 'also what was refused for what it says, and would only be refused again')
    .option('--yes', `do not ask before more than ${MOST_UNASKED} are sent`)
    .addHelpText(
      'after',
      `
The order is sent first and its letter deleted after, and the ledger lets no order into Sitniks twice. What is in
doubt is looked up in Sitniks first, or left. It counts as sent back for the first time again.
Exit code 1: an order was refused, and why is said; or it may be in other hands just now, or among more letters than
can be looked at. Not found among all of them is no error: then there is nothing to do.`,
    )
    .action(async (externalIds: string[], options: RedriveOptions, command: Command) => {
      requirePlain(externalIds, options);
      const patch = options.patch === undefined ? undefined : await readPatch(options.patch);
      const now = Date.now();
      await against(command, (session) =>
        withDeadLetters(
          session,
          (letter) => selects({ ...options, externalIds }, letter, now),
          (inHand) =>
            redrive(session, inHand, { ...options, externalIds }, { patch, asIs: options.asIs ?? false }),
        ),
      );
    });
}

/** @throws {WrongUsage} where it is not said plainly what is to be sent: nothing is sent unasked. */
export function requirePlain(externalIds: readonly string[], options: Selects): void {
  const isNarrowed = !selectsAll({ ...options, externalIds });
  if (options.all === undefined && !isNarrowed) {
    throw new WrongUsage('Say which: numbers of orders, --type, --reason, --since or --message; or --all.');
  }
  if (options.all && isNarrowed) throw new WrongUsage('Either --all or a selection, not both.');
  if (options.patch === undefined) return;
  const named = externalIds.length + (options.message === undefined ? 0 : 1);
  if (named !== 1) {
    throw new WrongUsage(
      "A patch is one customer's: name the one order that it mends, by its number or by --message.",
    );
  }
  if (options.asIs) throw new WrongUsage('Either --patch or --as-is, not both.');
}

async function redrive(
  session: Session,
  inHand: InHand,
  options: RedriveOptions & Selection,
  manner: Manner,
): Promise<boolean> {
  const now = Date.now();
  const selected = inHand.letters;
  if (manner.patch !== undefined && apart(selected).size > 1) {
    const ids = selected.map(({ messageId }) => messageId).join(', ');
    throw new WrongUsage(
      `There are several letters under this number, not all alike: name the one to mend by --message (${ids}).`,
    );
  }

  const kept = await inHand.keep(selected, PLAN_SECONDS + selected.length);
  const lost = selected.length - kept.length;
  if (lost > 0) session.out.note(`${lost} got into other hands meanwhile: try again in a few minutes.`);
  const planned = await plan(session, kept, manner, now);
  if (!options.dryRun && !options.yes) await ask(planned);
  const done = options.dryRun ? planned : await carryOut(session, inHand, planned, options.rate);

  // What is not found may be in others' hands, or be one of too many, and still to be sent.
  const isAllSeen = inHand.elsewhere === 0 && inHand.unseen === 0;
  const known = new Set(selected.map(({ external_id }) => external_id));
  const notFound = (options.externalIds ?? []).filter((id) => !known.has(id));
  const count = (action: Step['action']) => done.filter(({ step }) => step.action === action).length;
  const orders = done.map(({ letters: [letter, ...copies], step, tells }) => ({
    external_id: letter.external_id ?? null,
    type: letter.reason,
    action: step.action,
    why: step.why,
    tells: step.action === 'send' ? (tells ?? null) : null,
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

async function ask(planned: readonly Planned[]): Promise<void> {
  const sends = planned.filter(({ step }) => step.action === 'send').length;
  if (sends > MOST_UNASKED) await requireYes(`This sends ${sends} orders`);
}

const DONE = { send: 'sent', remove: 'removed', skip: 'left', refuse: 'refused' } as const;
const WOULD = {
  send: 'would send',
  remove: 'would remove',
  skip: 'would leave',
  refuse: 'would refuse',
} as const;

function toText(
  orders: readonly {
    external_id: string | null;
    type: string;
    action: Step['action'];
    why: string;
    tells: string | null;
  }[],
  notFound: readonly string[],
  isAllSeen: boolean,
  isDryRun: boolean,
): string {
  const words = isDryRun ? WOULD : DONE;
  const lines: string[] = [];
  if (orders.length > 0) {
    const rows = orders.map(({ external_id, type, action, why, tells }) => [
      external_id ?? '(none)',
      type,
      words[action],
      why,
      tells ?? '—',
    ]);
    lines.push(table(['order', 'type', 'what', 'why', isDryRun ? 'would be told' : 'is told'], rows));
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
