import { readFileSync } from 'node:fs';
import { stringify } from 'yaml';
import * as z from 'zod';
import { ANSWER_HEADERS, GATEWAY_MESSAGE } from './answers.ts';
import { paths } from './paths.ts';
import { componentSchemas } from './schemas.ts';
import { CALLBACK_ANSWERS, callbackHeaders, DELIVERY, webhooks } from './webhooks.ts';

const { version } = z
  .object({ version: z.string() })
  .parse(JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')));

/** The whole HTTP contract as OpenAPI 3.1: plain data, made of the schemas that the functions are typed by. */
export function openApiDocument(): object {
  return {
    openapi: '3.1.1',
    info: {
      title: 'sitniks-orders',
      version,
      summary: 'Orders from chat bots into Sitniks CRM: never lost, never doubled, never a mystery.',
      description: `Post an order, and a 202 means that a queue holds it; it then gets into the CRM by itself, once, however often it is posted. Where it is, and why it was refused, can be asked for and is told by callbacks, with a sentence that can be sent to the customer as it is.

Answers and callbacks may get further fields, reasons and problems: a reader ignores those that it does not know. What is there stays what it is.`,
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [
      { url: 'http://localhost:3000', description: 'What `npm start` runs. The token is `local`.' },
      {
        url: 'https://{api_id}.execute-api.{region}.amazonaws.com',
        description: 'A deployed stage, as `npx serverless info --stage …` shows it.',
        variables: { api_id: { default: 'abcdef1234' }, region: { default: 'eu-central-1' } },
      },
    ],
    security: [{ token: [] }],
    tags: [
      { name: 'orders', description: 'Post orders, and ask where they are.' },
      { name: 'outcomes', description: DELIVERY },
    ],
    paths: paths(),
    webhooks: webhooks(),
    components: {
      schemas: { ...componentSchemas(), GatewayMessage: GATEWAY_MESSAGE },
      parameters: callbackHeaders(),
      responses: CALLBACK_ANSWERS,
      headers: ANSWER_HEADERS,
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer', description: 'Each caller has a token of its own.' },
      },
    },
  };
}

/** The text of `docs/openapi.yaml`. */
export const openApiText = (): string =>
  `# Made by \`npm run openapi\` from the zod schemas in lib/: change those, or bin/openapi/.\n${stringify(
    openApiDocument(),
    { aliasDuplicateObjects: false, lineWidth: 110, blockQuote: 'literal' },
  )}`;
