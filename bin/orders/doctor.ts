import type { Command } from 'commander';
import type { Check } from './check.ts';
import { checks } from './checks.ts';
import { liveChecks } from './live-checks.ts';
import { against } from './session.ts';

export function doctorCommand(program: Command): void {
  program
    .command('doctor')
    .description('check settings, secret, key, queues and clock; a line each, with the fix')
    .option('--live', "and what can be seen of Sitniks' live Open API, by reading only")
    .action(({ live = false }: { live?: boolean }, command: Command) =>
      against(command, async ({ relay, out, goOn }) => {
        const results: Check[] = [];
        for (const check of checks(relay)) {
          goOn();
          results.push(...(await check()));
        }
        if (live) {
          const mayAsk = results.some(({ name, ok }) => name === 'key' && ok);
          results.push(
            ...(mayAsk
              ? await liveChecks(relay)
              : [{ name: 'live', ok: false, detail: 'not tried: see key', fix: 'mend key first' }]),
          );
        }
        const isWell = results.every(({ ok }) => ok);
        out.result({ ok: isWell, stage: relay.stage, checks: results }, results.map(toLine).join('\n'));
        return isWell;
      }),
    );
}

const toLine = ({ ok, name, detail, fix }: Check): string =>
  `${ok ? '✓' : '✗'} ${name.padEnd(18)}${detail}${fix === undefined ? '' : `\n    fix: ${fix}`}`;
