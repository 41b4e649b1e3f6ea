import { MAX_WAIT_SECONDS } from '../../lib/intake/wait.ts';
import { type Answer, type Answers, requestExamples, responsesOf, statusExamples } from './answers.ts';
import type { HttpExample } from './examples/example.ts';
import { GET_ORDER } from './examples/get-order.ts';
import { POST_ORDER } from './examples/post-order.ts';
import { PUT_STATUS } from './examples/put-status.ts';
import { schemaRef } from './schemas.ts';
import { signatureHeaders } from './signature-headers.ts';

/** @param advice what to do then */
const throttled = (advice: string): Answer => ({
  description: `More than 50 requests a second, or 100 at once, of all callers together. Answered by API Gateway. ${advice}`,
  fromGateway: true,
});

const POST_ANSWERS: Answers = {
  200: {
    description: 'With `wait` only: the order is in the CRM, as `crm_order_id`.',
    headers: ['Location'],
    body: 'Posted',
  },
  202: {
    description:
      'SQS has acknowledged the order, or it was known already (`duplicate`, with its present state). From now on it is in the queue, in the CRM, or set aside with the reason. With `wait` also where it was rejected or parked in time: look at `state` and `error`.',
    headers: ['Location'],
    body: 'Posted',
  },
  400: {
    description: 'Not an order, or not a query. Mend it; sent again as it is, it is refused again.',
    problems: ['invalid_order', 'invalid_query'],
  },
  401: {
    description:
      'No token, an unknown one, or a signature that is missing, wrong, or more than 5 minutes off.',
    headers: ['WWW-Authenticate'],
    problems: ['unauthorized'],
  },
  409: {
    description:
      "This number stands for another order that is on its way or in the CRM, or for another caller's. Use a number of its own.",
    problems: ['external_id_taken'],
  },
  413: { description: 'More than 64 KiB.', problems: ['body_too_large'] },
  415: {
    description: 'Not `application/json` in UTF-8, or compressed.',
    headers: ['Accept-Encoding'],
    problems: ['unsupported_media_type'],
  },
  429: throttled('The order was not accepted: send it again, a second or more later.'),
  500: {
    description: 'Whether the order was accepted is not known. Send it again, with the same number.',
    problems: ['internal_error'],
    fromGateway: true,
  },
  503: {
    description:
      'SQS did not acknowledge the order, or tokens cannot be checked: not accepted. Or, from API Gateway, no answer in time: not known. In any case send it again, with the same number.',
    headers: ['Retry-After'],
    problems: ['temporarily_unavailable'],
    fromGateway: true,
  },
};

const GET_ANSWERS: Answers = {
  200: { description: 'Where the order is.', headers: ['Cache-Control'], body: 'OrderView' },
  401: {
    description: 'No token, or an unknown one.',
    headers: ['WWW-Authenticate'],
    problems: ['unauthorized'],
  },
  404: {
    description: "Not known, or another caller's. An order is known for 90 days after its last change.",
    problems: ['order_not_found'],
  },
  429: throttled('Ask again, a second or more later.'),
  500: { description: 'Ask again.', problems: ['internal_error'], fromGateway: true },
  503: {
    description: 'Not to be told just now. Ask again: this is not "no such order".',
    headers: ['Retry-After'],
    problems: ['temporarily_unavailable'],
    fromGateway: true,
  },
};

const PUT_ANSWERS: Answers = {
  202: {
    description:
      'SQS has acknowledged the status; or the order is as far already, or further (`duplicate`). Where the order is not in the CRM yet, the status waits with it.',
    headers: ['Location'],
    body: 'StatusAccepted',
  },
  400: { description: 'Not a status. Mend it.', problems: ['invalid_status', 'invalid_order'] },
  401: {
    description:
      'No token, an unknown one, or a signature that is missing, wrong, or more than 5 minutes off.',
    headers: ['WWW-Authenticate'],
    problems: ['unauthorized'],
  },
  404: {
    description:
      "Not known, or another caller's. An order is known a moment after its 202, and for 90 days after its last change.",
    problems: ['order_not_found'],
  },
  409: {
    description:
      'Another order has the number, and this one was set aside. Send it under a number of its own.',
    problems: ['external_id_taken'],
  },
  413: { description: 'More than 4 KiB.', problems: ['body_too_large'] },
  415: {
    description: 'Not `application/json` in UTF-8, or compressed.',
    headers: ['Accept-Encoding'],
    problems: ['unsupported_media_type'],
  },
  429: throttled('The status was not accepted: send it again, a second or more later.'),
  500: {
    description: 'Whether the status was accepted is not known. Send it again.',
    problems: ['internal_error'],
    fromGateway: true,
  },
  503: {
    description: 'Not accepted, or, from API Gateway, not known. In any case send it again.',
    headers: ['Retry-After'],
    problems: ['temporarily_unavailable'],
    fromGateway: true,
  },
};

const EXTERNAL_ID = {
  name: 'external_id',
  in: 'path',
  required: true,
  description: 'The number that the order was posted under.',
  schema: schemaRef('ExternalId'),
  examples: parameterExamples(GET_ORDER, ({ request }) => request.external_id),
};

const WAIT = {
  name: 'wait',
  in: 'query',
  description:
    'For how many seconds to wait until the order is synced, rejected or parked, so that a bot can answer in the same turn. The answer comes as soon as one of them is reached, and after this time in any case.',
  schema: { type: 'integer', minimum: 0, maximum: MAX_WAIT_SECONDS, default: 0 },
  examples: parameterExamples(POST_ORDER, ({ status, request }) =>
    status < 400 && request.query?.['wait'] !== undefined ? Number(request.query['wait']) : undefined,
  ),
};

const TRACEPARENT = {
  name: 'traceparent',
  in: 'header',
  description: 'W3C Trace Context: goes with the order onto the queue. What is malformed is left out.',
  schema: { type: 'string', pattern: '^[\\da-f]{2}-[\\da-f]{32}-[\\da-f]{16}-[\\da-f]{2}$' },
};

/** `paths`: what the API can be asked, and what it answers. */
export const paths = (): object => ({
  '/orders': {
    post: {
      operationId: 'postOrder',
      tags: ['orders'],
      summary: 'Hand over an order',
      description:
        'Send it again, with the same `external_id`, whenever you are not sure: a repeat makes no second order. An order that was `rejected` or `parked` can be sent again as it is, or corrected under its own number; it then starts afresh.\n\nThe headers `webhook-*` sign the request. Once a signing secret is registered for the caller, they are required.',
      parameters: [
        WAIT,
        TRACEPARENT,
        ...signatureHeaders({ required: false, id: 'An id of this request: part of what is signed.' }),
      ],
      requestBody: {
        required: true,
        description: 'At most 64 KiB, in UTF-8.',
        content: {
          'application/json': { schema: schemaRef('Order'), examples: requestExamples(POST_ORDER) },
        },
      },
      responses: responsesOf(POST_ANSWERS, POST_ORDER),
    },
  },
  '/orders/{external_id}': {
    get: {
      operationId: 'getOrder',
      tags: ['orders'],
      summary: 'Ask where an order is',
      parameters: [EXTERNAL_ID],
      responses: responsesOf(GET_ANSWERS, GET_ORDER),
    },
  },
  '/orders/{external_id}/status': {
    put: {
      operationId: 'putStatus',
      tags: ['orders'],
      summary: 'Say how far an order is',
      description:
        "For whoever does not have the whole of it, as a payment's callback: to post the order again with only another `status` does the same. Send it as often as you like and in any order: the furthest counts, and an order never goes back. What comes of it is told by `order.status_changed` or `order.status_not_changed`. `PAID` may say what was paid: it is booked in the CRM once, and told by `order.payment_booked` or `order.payment_not_booked`.",
      parameters: [
        { ...EXTERNAL_ID, examples: parameterExamples(PUT_STATUS, ({ request }) => request.external_id) },
        TRACEPARENT,
        ...signatureHeaders({ required: false, id: 'An id of this request: part of what is signed.' }),
      ],
      requestBody: {
        required: true,
        description: 'At most 4 KiB, in UTF-8.',
        content: {
          'application/json': { schema: schemaRef('StatusBody'), examples: statusExamples(PUT_STATUS) },
        },
      },
      responses: responsesOf(PUT_ANSWERS, PUT_STATUS),
    },
  },
});

function parameterExamples(
  examples: readonly HttpExample[],
  read: (example: HttpExample) => string | number | undefined,
): object {
  return Object.fromEntries(
    examples.flatMap((example) => {
      const value = read(example);
      return value === undefined ? [] : [[example.name, { summary: example.summary, value }]];
    }),
  );
}
