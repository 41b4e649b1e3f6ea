import type { Command } from 'commander';
import { type Check, wrong } from './check.ts';
import { checks } from './checks.ts';
import { liveChecks } from './live-checks.ts';
import { pasteFor } from './paste.ts';
import { against } from './session.ts';

export function doctorCommand(program: Command): void {
  program
    .command('doctor')
    .description(
      'check whatever an order passes by, from the key to the clock; a line each, with a command that mends it',
    )
    .option('--live', "and what can be seen of Sitniks' live Open API, by reading only")
    .action(({ live = false }: { live?: boolean }, command: Command) =>
      against(command, async (session) => {
        const { relay, out, goOn } = session;
        const results: Check[] = [];
        for (const check of checks(session)) {
          goOn();
          results.push(...(await check()));
        }
        if (live) {
          const mayAsk = results.some(({ name, ok }) => name === 'key' && ok);
          results.push(
            ...(mayAsk
              ? await liveChecks(relay)
              : [
                  {
                    name: 'live',
                    ...wrong('not tried: see key', 'mend key first', pasteFor(relay).orders('doctor')),
                  },
                ]),
          );
        }
        const isWell = results.every(({ ok }) => ok);
        out.result({ ok: isWell, stage: relay.stage, checks: results }, results.map(toLine).join('\n'));
        return isWell;
      }),
    );
}

const toLine = (check: Check): string =>
  check.ok
    ? `✓ ${check.name.padEnd(NAME)}${check.detail}`
    : `✗ ${check.name.padEnd(NAME)}${check.detail}\n    fix: ${check.fix}\n    ${check.command}`;

/** The longest name, and two spaces. */
const NAME = 26;
