import { type Command, InvalidArgumentError, Option } from 'commander';
import { type Day, kyivDay } from '../../lib/manager/kyiv-day.ts';
import { parseRate } from './duration.ts';
import { Refusal } from './failure.ts';
import { crmOf } from './look-up.ts';
import { table } from './output.ts';
import { type Proof, proveDay } from './prove-day.ts';
import { against } from './session.ts';

export function proveCommand(program: Command): void {
  program
    .command('prove')
    .description('compare every order that came on a day with Sitniks; changes nothing')
    .addOption(
      new Option('--day <day>', 'in Kyiv, such as 2026-01-31; yesterday unless told').argParser(dayNamed),
    )
    .addOption(
      new Option('--rate <rate>', 'look-ups at most, such as 2/s')
        .argParser(parseRate)
        .default(parseRate('5/s'), '5/s'),
    )
    .addHelpText('after', '\nExit code 1: an order is not as it should be, or could not be looked up.')
    .action(({ day, rate }: { day?: Day; rate: number }, command: Command) =>
      against(command, async ({ relay, out, goOn }) => {
        if (relay.sitniksDialect !== 'orders') {
          throw new Refusal('This dialect of Sitniks cannot be searched by number alone: nothing is proven.');
        }
        const asked = day ?? kyivDay(kyivDay(Date.now()).from - 1);
        const proof = await proveDay(asked, { ...relay, crm: crmOf(relay), gapMs: rate, goOn });
        out.result(proof, toText(proof));
        return proof.unproven.length === 0;
      }),
    );
}

/** @throws {InvalidArgumentError} */
export function dayNamed(text: string): Day {
  const noon = Date.parse(`${text}T12:00:00Z`);
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text) || Number.isNaN(noon) || kyivDay(noon).name !== text) {
    throw new InvalidArgumentError('Use a day such as 2026-01-31.');
  }
  return kyivDay(noon);
}

export function toText({ day, accepted, there, under_way, aside, unproven }: Proof): string {
  const rows = unproven.map(({ external_id, finding, why }) => [external_id, finding, why]);
  return [
    ...(rows.length === 0 ? [] : [table(['order', 'finding', 'why'], rows)]),
    `${day}: accepted ${accepted}, in Sitniks ${there}, still under way ${under_way}, refused or parked ${aside}`,
    `unproven = ${unproven.length}`,
    `${day}: прийнято ${accepted}, у CRM ${there}, розбіжностей ${unproven.length}`,
  ].join('\n');
}
