import { PROBLEMS, type ProblemCode } from '../../lib/intake/http.ts';
import { orderBodySchema } from '../../lib/order/order-body.ts';
import { statusBodySchema } from '../../lib/order/status-change.ts';
import type { HttpExample } from './examples/example.ts';
import type { SchemaName } from './fields.ts';
import { schemaRef } from './schemas.ts';

/** Headers of answers, by their names in `components.headers`. */
export const ANSWER_HEADERS = {
  Location: {
    description: 'Where to ask for the order.',
    schema: { type: 'string', format: 'uri-reference', examples: ['/orders/1042'] },
  },
  'Cache-Control': { description: 'The state may change at any time.', schema: { const: 'no-store' } },
  'WWW-Authenticate': {
    description: 'What is asked for, and what was wrong with what was sent (RFC 6750).',
    schema: { type: 'string', examples: ['Bearer realm="orders", error="invalid_token"'] },
  },
  'Accept-Encoding': {
    description: 'How the body may be encoded: not at all (RFC 9110, 15.5.16).',
    schema: { const: 'identity' },
  },
  'Retry-After': {
    description: 'After how many seconds to send it again.',
    schema: { type: 'integer', minimum: 1, examples: [5] },
  },
} as const;

/** What comes from API Gateway itself, and not as problem+json. */
export const GATEWAY_MESSAGE = {
  description: 'An answer of API Gateway, given without the relay.',
  type: 'object',
  properties: { message: { description: 'In a few words.', type: 'string' } },
  required: ['message'],
};

export interface Answer {
  description: string;
  headers?: readonly (keyof typeof ANSWER_HEADERS)[];
  /** What the body is, where the answer is a yes. */
  body?: SchemaName;
  /** Which problems it can be, where it is a no. */
  problems?: readonly ProblemCode[];
  /** API Gateway gives it as well, or alone. */
  fromGateway?: boolean;
}

/** All that an operation can answer, by status. */
export type Answers = Readonly<Record<number, Answer>>;

/** `responses` of an operation. @throws where an example has a status that is not among the answers. */
export function responsesOf(answers: Answers, examples: readonly HttpExample[]): object {
  const astray = examples.find(({ status }) => answers[status] === undefined);
  if (astray !== undefined) throw new Error(`${astray.name}: no answer ${astray.status}`);
  return Object.fromEntries(
    Object.entries(answers).map(([code, answer]) => {
      const status = Number(code);
      const own = examples.filter((example) => example.status === status);
      return [code, responseOf(status, answer, own)];
    }),
  );
}

function responseOf(status: number, answer: Answer, examples: readonly HttpExample[]): object {
  const { description, headers = [], body, problems = [], fromGateway = false } = answer;
  const shown =
    examples.length === 0
      ? {}
      : { examples: Object.fromEntries(examples.map((example) => [example.name, answerOf(example)])) };
  return {
    description,
    ...(headers.length > 0 && {
      headers: Object.fromEntries(headers.map((name) => [name, { $ref: `#/components/headers/${name}` }])),
    }),
    content: {
      ...(body !== undefined && { 'application/json': { schema: schemaRef(body), ...shown } }),
      ...(problems.length > 0 && {
        'application/problem+json': { schema: problemSchemaOf(status, problems), ...shown },
      }),
      ...(fromGateway && {
        'application/json': { schema: { $ref: '#/components/schemas/GatewayMessage' } },
      }),
    },
  };
}

function problemSchemaOf(status: number, codes: readonly ProblemCode[]): object {
  const astray = codes.find((code) => PROBLEMS[code].status !== status);
  if (astray !== undefined) throw new Error(`${astray} is no ${status}`);
  const types = codes.map((code) => `urn:sitniks-orders:problem:${code}`);
  return {
    allOf: [
      schemaRef('Problem'),
      { type: 'object', properties: { type: { type: 'string', enum: types }, status: { const: status } } },
    ],
  };
}

/** Bodies longer than this are not shown. */
const MOST_SHOWN = 1000;

/** An order that was sent is among the request's examples; what was none is shown beside the answer that it got. */
function answerOf({ summary, request: { body }, body: value }: HttpExample): object {
  const sent = typeof body === 'string' ? body : JSON.stringify(body, undefined, 2);
  const isShownHere = body !== undefined && !isOrder(body) && !isStatus(body) && sent.length <= MOST_SHOWN;
  return {
    summary,
    ...(isShownHere && { description: `Sent:\n\n\`\`\`json\n${sent}\n\`\`\`` }),
    value,
  };
}

const isOrder = (body: object | string): boolean => orderBodySchema.safeParse(body).success;
const isStatus = (body: unknown): boolean => statusBodySchema.safeParse(body).success;

/** The same of statuses. */
export const statusExamples = (examples: readonly HttpExample[]): object =>
  Object.fromEntries(
    examples.flatMap(({ name, summary, request: { body } }) =>
      isStatus(body) ? [[name, { summary, value: body }]] : [],
    ),
  );

/** `examples` of the request's body: orders, under the names of the answers that they get. */
export const requestExamples = (examples: readonly HttpExample[]): object =>
  Object.fromEntries(
    examples.flatMap(({ name, summary, request: { body } }) =>
      body !== undefined && isOrder(body) ? [[name, { summary, value: body }]] : [],
    ),
  );
