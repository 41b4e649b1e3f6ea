import { OUTCOMES, type OutcomeType } from '../../lib/ledger/outcome.ts';
import { CALLBACKS } from './examples/callbacks.ts';
import { schemaRef } from './schemas.ts';
import { signatureHeaders } from './signature-headers.ts';

const WHAT_HAS_HAPPENED: Readonly<Record<OutcomeType, { summary: string; description: string }>> = {
  synced: { summary: 'The order is in the CRM', description: 'As `crm_order_id`.' },
  rejected: {
    summary: 'The order was refused for its content',
    description:
      '`error.explanations[].uk.customer` can be sent to the customer as it is. Post the order again, corrected, under its own number.',
  },
  parked: {
    summary: 'The order was set aside',
    description:
      'It is kept. Where the cause passes by itself, so does this: `order.recovered` follows. `error.explanations[].who` says who has to act otherwise.',
  },
  recovered: {
    summary: 'The order is in the CRM after all',
    description: 'After an `order.parked`. As `crm_order_id`.',
  },
  status_changed: {
    summary: 'The CRM has the order in another status',
    description:
      'In `status`, after it was sent again further on, or by `PUT /orders/{external_id}/status`. Not of the status that it was created with. One that was further in the CRM already is told as it is there.',
  },
  status_not_changed: {
    summary: 'The status of the order could not be changed in the CRM',
    description:
      'It was to be in `status`; `error.explanations[].who` says who has to act. What passes by itself is tried again, and `order.status_changed` follows.',
  },
  payment_booked: {
    summary: 'A payment of the order is booked in the CRM',
    description: 'Of this `amount`. Once, however often it was sent.',
  },
  payment_not_booked: {
    summary: 'A payment of the order is not booked in the CRM, or may not be',
    description:
      'Of this `amount`. The reason `payment_unproven` says that it may be there all the same: then nothing is sent again, and a person has to look.',
  },
};

/** What holds for all of them. */
export const DELIVERY = `What has become of an order is told to the endpoint that is registered for the caller, as it happens; never to one that is named in a request.

Answer with any 2xx within 15 seconds, before you do what takes longer. A redirect is not followed. Whatever is not a 2xx or 410, or comes too late, is sent again: after 10 s, 30 s, 90 s and so on, up to 4 hours between two calls, for a little over three days. The events of one order come one after another, in the order in which they happened; the same event may come twice, with the same \`webhook-id\`. Check the signature before you believe a word.`;

/** `components.responses`: how a receiver can answer. */
export const CALLBACK_ANSWERS = {
  Received: { description: 'Received. The body of the answer is not read.' },
  Gone: {
    description:
      'Gone: nothing is sent to this endpoint any more, until it is registered anew. Whoever is on call is told.',
  },
  NotReceived: {
    description: 'Not received: sent again later.',
    headers: {
      'Retry-After': {
        description: 'Of any answer that is no success: how long to wait at least. Heeded up to 4 hours.',
        schema: { type: ['integer', 'string'] },
      },
    },
  },
};

const webhookOf = (type: OutcomeType) => ({
  post: {
    operationId: `order_${type}`.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase()),
    tags: ['outcomes'],
    summary: WHAT_HAS_HAPPENED[type].summary,
    description: WHAT_HAS_HAPPENED[type].description,
    security: [],
    parameters: ['WebhookId', 'WebhookTimestamp', 'WebhookSignature'].map((name) => ({
      $ref: `#/components/parameters/${name}`,
    })),
    requestBody: {
      required: true,
      content: {
        'application/json': {
          schema: {
            allOf: [
              schemaRef('Callback'),
              { type: 'object', properties: { type: { const: `order.${type}` } } },
            ],
          },
          examples: Object.fromEntries(
            CALLBACKS.filter(({ body }) => body.type === `order.${type}`).map(({ name, summary, body }) => [
              name,
              { summary, value: body },
            ]),
          ),
        },
      },
    },
    responses: {
      '2XX': { $ref: '#/components/responses/Received' },
      '410': { $ref: '#/components/responses/Gone' },
      default: { $ref: '#/components/responses/NotReceived' },
    },
  },
});

/** `webhooks`: one for each outcome. */
export const webhooks = (): object =>
  Object.fromEntries(OUTCOMES.map((type) => [`order.${type}`, webhookOf(type)]));

/** `components.parameters`: the headers of a callback. */
export const callbackHeaders = (): object => {
  const [WebhookId, WebhookTimestamp, WebhookSignature] = signatureHeaders({
    required: true,
    id: "The event's id, the same however often it is sent.",
  });
  return { WebhookId, WebhookTimestamp, WebhookSignature };
};
