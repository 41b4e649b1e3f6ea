import { type Command, InvalidArgumentError, Option } from 'commander';
import { type Day, dayBefore, dayNamed } from '../../lib/manager/kyiv-day.ts';
import { newProof, type Proof, tallyOf, unprovenIn } from '../../lib/proof/proof.ts';
import { proofLine, whenWas } from '../../lib/proof/proof-line.ts';
import { proveDay } from '../../lib/proof/prove-day.ts';
import { parseRate } from './duration.ts';
import { crmOf } from './look-up.ts';
import { table } from './output.ts';
import { against } from './session.ts';

export function proveCommand(program: Command): void {
  program
    .command('prove')
    .description('compare every order that came on a day with Sitniks; changes nothing')
    .addOption(
      new Option('--day <day>', 'in Kyiv, such as 2026-01-31; yesterday unless told').argParser(parseDay),
    )
    .addOption(
      new Option('--rate <rate>', 'look-ups at most, such as 2/s')
        .argParser(parseRate)
        .default(parseRate('5/s'), '5/s'),
    )
    .addHelpText('after', '\nExit code 1: an order is not as it should be, or could not be looked up.')
    .action(({ day, rate }: { day?: Day; rate: number }, command: Command) =>
      against(command, async ({ relay, out, goOn }) => {
        const now = Date.now();
        const asked = day ?? dayBefore(now);
        const { proof } = await proveDay(newProof(asked.name, now), asked, {
          ...relay,
          crm: crmOf(relay),
          gapMs: rate,
          // The rate limit is waited for, however long it takes: Ctrl-C ends it.
          mayGoOn: () => {
            goOn();
            return true;
          },
          save: async (so_far) => so_far,
        });
        out.result(report(proof), toText(proof, whenWas(asked, dayBefore(now))));
        return report(proof).unproven === 0;
      }),
    );
}

/** @throws {InvalidArgumentError} */
export function parseDay(text: string): Day {
  const day = dayNamed(text);
  if (day === undefined) throw new InvalidArgumentError('Use a day such as 2026-01-31.');
  return day;
}

/** What could not be asked for is unproven as well. */
export function report({ day, findings, again, is_complete, ...proof }: Proof) {
  const tally = tallyOf({ day, findings, again, is_complete, ...proof });
  return {
    day,
    ...tally,
    accepted: tally.accepted + again.length,
    not_asked: again.length,
    unproven: unprovenIn(tally) + again.length,
    is_complete,
    findings: [
      ...findings.map(({ external_id, finding, why }) => ({ external_id, finding: `${finding}`, why })),
      ...again.map(({ external_id, why }) => ({ external_id, finding: 'not_asked', why })),
    ],
  };
}

export function toText(proof: Proof, when: string): string {
  const { day, accepted, there, under_way, aside, unproven, not_asked, is_complete, findings } =
    report(proof);
  const rows = findings.map(({ external_id, finding, why }) => [external_id, finding, why]);
  return [
    ...(rows.length === 0 ? [] : [table(['order', 'finding', 'why'], rows)]),
    ...(is_complete ? [] : ['Not finished: Sitniks cannot be asked. See orders doctor.']),
    `${day}: accepted ${accepted}, in Sitniks ${there}, still under way ${under_way}, refused or parked ${aside}`,
    `unproven = ${unproven}`,
    proofLine(when, tallyOf(proof), not_asked),
  ].join('\n');
}
