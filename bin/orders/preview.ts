import type { Command } from 'commander';
import { contentHash } from '../../lib/order/content-hash.ts';
import type { FieldError } from '../../lib/order/field-errors.ts';
import { type Order, readOrder } from '../../lib/order/order.ts';
import { parseJson } from '../../lib/order/parse-json.ts';
import { totalOf } from '../../lib/order/total.ts';
import { buildOpenApiPayload } from '../../lib/sitniks/open-api/payload.ts';
import { type OpenApiSettings, openApiSettings } from '../../lib/sitniks/open-api/settings.ts';
import { buildOrderPayload } from '../../lib/sitniks/orders/payload.ts';
import { changesIn } from './changes.ts';
import { WrongUsage } from './failure.ts';
import { readText } from './patch-file.ts';
import { outputOf } from './session.ts';

export function previewCommand(program: Command): void {
  program
    .command('preview')
    .description('show what an order would become, and send nothing')
    .argument('<file>', 'the order as JSON, as POST /orders takes it; - reads standard input')
    .addHelpText(
      'after',
      `
What was changed on the way in (spaces, invisible signs, the form of letters, the phone), what would be left out or
refused, and the body that Sitniks would get. Asks nobody: neither the stage nor Sitniks. It shows the order as it is,
names and phones too. With SITNIKS_DIALECT=open-api the body is that of the live API, by the settings in
SITNIKS_OPEN_API; what ids Sitniks has for the status and for each SKU, it is asked only when an order is sent.
Exit code 1: it would be refused.`,
    )
    .action(async (file: string, _options: object, command: Command) => {
      const { document, text } = previewOf(await readText(file), spokenIn(process.env));
      outputOf(command).result(document, text);
      process.exitCode = document.ok ? 0 : 1;
    });
}

/** The dialect that Sitniks would be spoken to in; with the live API, what it wants to know of the account. */
export type Spoken = 'orders' | OpenApiSettings;

/** As the functions read it. @throws {WrongUsage} */
export function spokenIn(environment: NodeJS.ProcessEnv): Spoken {
  const { SITNIKS_DIALECT: dialect = 'orders', SITNIKS_OPEN_API: settings = '{}' } = environment;
  if (dialect === 'orders') return 'orders';
  if (dialect !== 'open-api') throw new WrongUsage('SITNIKS_DIALECT is orders or open-api.');
  const parsed = openApiSettings.safeParse(parseJson(settings));
  if (parsed.success) return parsed.data;
  throw new WrongUsage('SITNIKS_OPEN_API is not as npm run orders -- setup prints it.');
}

/** What Sitniks would be asked for first stands in words. */
function payloadOf(order: Order, spoken: Spoken): object {
  if (spoken === 'orders') return buildOrderPayload(order);
  return buildOpenApiPayload(order, spoken, {
    statusId: `the id of «${spoken.statuses[order.status]}»`,
    variationIds: new Map(order.items.map(({ sku }) => [sku, `the id of ${sku}`])),
  });
}

/** What would become of an order, for a script and for a person. */
export function previewOf(json: string, spoken: Spoken = 'orders') {
  const reading = readOrder(json);
  if (!reading.ok) {
    const { errors } = reading;
    return {
      document: { ok: false as const, errors },
      text: section('It would be refused (400):', errors.map(told)).join('\n'),
    };
  }
  const { order, omitted } = reading;
  const changes = changesIn(parseJson(json), order, new Set(omitted.map(({ pointer }) => pointer)));
  const payload = payloadOf(order, spoken);
  const total = totalOf(order);
  return {
    document: { ok: true as const, changes, omitted, content_hash: contentHash(order), total, payload },
    text: [
      ...section(
        'Changed on the way in:',
        changes.map(({ pointer, from, to }) => `  ${pointer}  ${shown(from)} → ${shown(to)}`),
      ),
      ...section('Left out, and whoever sends it is told so:', omitted.map(told)),
      `In all ${total} UAH. Sitniks would get:`,
      '',
      JSON.stringify(payload, null, 2),
    ].join('\n'),
  };
}

const told = ({ pointer, detail }: FieldError): string => `  ${pointer}  ${detail}`;

const section = (title: string, lines: string[]): string[] =>
  lines.length === 0 ? [] : [title, ...lines, ''];

/** As JSON, with a code for each sign that nobody could see, or tell from another. */
const shown = (value: unknown): string =>
  value === undefined
    ? 'nothing'
    : JSON.stringify(value).replace(
        /[\p{Default_Ignorable_Code_Point}\p{Cf}\p{Cc}\p{M}\p{Zl}\p{Zp}]|(?! )\p{Zs}/gu,
        (sign) => `\\u{${(sign.codePointAt(0) ?? 0).toString(16)}}`,
      );
