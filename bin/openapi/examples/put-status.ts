import type { StatusAccepted } from '../../../lib/intake/contract.ts';
import { ASKS_FOR_TOKEN, explained, type HttpExample, problem } from './example.ts';

const accepted = (body: StatusAccepted, name: string, summary: string, status: string): HttpExample => ({
  name,
  summary,
  request: { external_id: body.external_id, body: { status } },
  status: 202,
  headers: { location: `/orders/${body.external_id}` },
  body,
});

/** Of `PUT /orders/{external_id}/status`. */
export const PUT_STATUS: readonly HttpExample[] = [
  accepted(
    {
      external_id: '1065',
      state: 'synced',
      duplicate: false,
      status: { wanted: 'PAID', in_crm: 'NEW', error: null },
    },
    'paid',
    'It is paid: the CRM is told of it through the queue',
    'PAID',
  ),
  accepted(
    {
      external_id: '1066',
      state: 'synced',
      duplicate: true,
      status: { wanted: 'PROCESSING', in_crm: 'PROCESSING', error: null },
    },
    'late',
    'It is further already, and an order never goes back',
    'PAID',
  ),
  accepted(
    {
      external_id: '1064',
      state: 'parked',
      duplicate: false,
      status: { wanted: 'PAID', in_crm: null, error: null },
    },
    'waits',
    'It is not in the CRM yet: the status waits with it, and is what it is created with',
    'PAID',
  ),
  {
    name: 'paid_with',
    summary: 'It is paid, and with what: the CRM is told of both',
    request: {
      external_id: '1077',
      body: { status: 'PAID', payment: { amount: 1299.5, comment: 'LiqPay 2489121' } },
    },
    status: 202,
    headers: { location: '/orders/1077' },
    body: {
      external_id: '1077',
      state: 'synced',
      duplicate: false,
      status: { wanted: 'PAID', in_crm: 'NEW', error: null },
      payments: [{ amount: 1299.5, state: 'waiting', error: null }],
    },
  },
  {
    name: 'no_such_status',
    summary: 'A status that there is not',
    request: { external_id: '1065', body: { status: 'SHIPPED' } },
    status: 400,
    headers: {},
    body: problem('invalid_status', 400, {
      detail: 'Send { "status": "PAID" }, with one of NEW, PENDING_PAYMENT, PAID, PROCESSING.',
      errors: [
        {
          pointer: '#/status',
          code: 'invalid_value',
          detail: 'status must be one of NEW, PENDING_PAYMENT, PAID, PROCESSING.',
        },
      ],
      explanations: [explained('status_invalid')],
    }),
  },
  {
    name: 'no_token_for_status',
    summary: 'Without the header `authorization`',
    request: { external_id: '1065', headers: { authorization: '' }, body: { status: 'PAID' } },
    status: 401,
    headers: { 'www-authenticate': ASKS_FOR_TOKEN },
    body: problem('unauthorized', 401, {
      detail: 'Send the header authorization: Bearer <token>.',
      explanations: [explained('token_refused')],
    }),
  },
  {
    name: 'no_such_order',
    summary: "A number that is not known, or another caller's",
    request: { external_id: '9999', body: { status: 'PAID' } },
    status: 404,
    headers: {},
    body: problem('order_not_found', 404, {
      detail:
        'No order of yours is known under this external_id in the last 90 days, so it has no status to change. One that was accepted a moment ago may not be seen yet: send it again in a minute.',
      explanations: [explained('order_not_found')],
    }),
  },
  {
    name: 'kept_aside',
    summary: 'Another order has the number, and this one was set aside for it',
    request: {
      external_id: '1067',
      headers: { authorization: 'Bearer of-another-caller' },
      body: { status: 'PAID' },
    },
    status: 409,
    headers: {},
    body: problem('external_id_taken', 409, {
      detail:
        'Under this external_id another order is; yours is kept aside. Send it under an id of its own, with the status that it has by now.',
      state: 'parked',
      explanations: [explained('number_taken')],
    }),
  },
  {
    name: 'status_too_large',
    summary: 'More than 4 KiB',
    request: { external_id: '1065', body: `{"status":"PAID"}${' '.repeat(4096)}` },
    status: 413,
    headers: {},
    body: problem('body_too_large', 413, {
      detail: 'A status may have 4096 bytes; this one has more.',
      explanations: [explained('body_too_large')],
    }),
  },
  {
    name: 'status_not_json',
    summary: 'As a form',
    request: {
      external_id: '1065',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: 'status=PAID',
    },
    status: 415,
    headers: { 'accept-encoding': 'identity' },
    body: problem('unsupported_media_type', 415, {
      detail: 'Send the order with content-type: application/json.',
      explanations: [explained('wrong_content_type')],
    }),
  },
  {
    name: 'status_unavailable',
    summary: 'The ledger cannot be read',
    request: { external_id: '1065', body: { status: 'PAID' } },
    status: 503,
    headers: { 'retry-after': '5' },
    body: problem('temporarily_unavailable', 503, {
      detail:
        'Whether there is such an order cannot be told just now: its status was not accepted. Send it again.',
      explanations: [explained('not_accepted')],
    }),
  },
];
