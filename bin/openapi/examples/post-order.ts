import type { Posted } from '../../../lib/intake/contract.ts';
import {
  ASKS_FOR_TOKEN,
  DRESS,
  explained,
  type HttpExample,
  orderOf,
  problem,
  SKU_UNKNOWN,
} from './example.ts';

const posted = (body: Pick<Posted, 'external_id' | 'state'> & Partial<Posted>): Posted => ({
  duplicate: false,
  crm_order_id: null,
  error: null,
  ...body,
});

const NO_TOKEN = explained('token_refused');
const { address, ...nowhere } = orderOf('').delivery;

/** Of `POST /orders`. */
export const POST_ORDER: readonly HttpExample[] = [
  {
    name: 'accepted',
    summary: 'A new order',
    request: { body: orderOf('1042') },
    status: 202,
    headers: { location: '/orders/1042' },
    body: posted({ external_id: '1042', state: 'accepted' }),
  },
  {
    name: 'repeat',
    summary: 'The same order again, once it is in the CRM: nothing new is started',
    request: { body: orderOf('1043') },
    status: 202,
    headers: { location: '/orders/1043' },
    body: posted({ external_id: '1043', state: 'synced', duplicate: true, crm_order_id: '1001' }),
  },
  {
    name: 'paid_at_once',
    summary: 'Paid already, and how much: what comes of the payment is told by a callback, and is in `GET`',
    request: {
      body: { ...orderOf('1080'), status: 'PAID', payment: { amount: 1200, comment: 'LiqPay 2489121' } },
    },
    status: 202,
    headers: { location: '/orders/1080' },
    body: posted({ external_id: '1080', state: 'accepted' }),
  },
  {
    name: 'without_email',
    summary: 'With an e-mail address that is none: the order goes on without it, and says so',
    request: {
      body: {
        ...orderOf('1056'),
        customer: { name: 'Олена Коваленко', phone: '8 067 123 45 67', email: 'немає' },
      },
    },
    status: 202,
    headers: { location: '/orders/1056' },
    body: posted({
      external_id: '1056',
      state: 'accepted',
      omitted: [
        {
          pointer: '#/customer/email',
          code: 'invalid_format',
          detail: 'customer.email is not an e-mail address: an order goes on without it.',
        },
      ],
    }),
  },
  {
    name: 'compressed',
    summary: 'With `content-encoding: gzip`',
    request: { headers: { 'content-encoding': 'gzip' }, body: orderOf('1057') },
    status: 415,
    headers: { 'accept-encoding': 'identity' },
    body: problem('unsupported_media_type', 415, {
      detail: 'The body is compressed (gzip): send it as it is, without content-encoding.',
      explanations: [explained('wrong_content_type')],
    }),
  },
  {
    name: 'wait_synced',
    summary: 'In the CRM within the seconds that it was waited for',
    request: { query: { wait: '8' }, body: orderOf('1044') },
    status: 200,
    headers: { location: '/orders/1044' },
    body: posted({ external_id: '1044', state: 'synced', crm_order_id: '1002' }),
  },
  {
    name: 'wait_rejected',
    summary: 'Refused by the CRM within the seconds that it was waited for: it does not know the SKU',
    request: { query: { wait: '8' }, body: orderOf('1045', { items: [{ ...DRESS, sku: 'UNKNOWN-116' }] }) },
    status: 202,
    headers: { location: '/orders/1045' },
    body: posted({
      external_id: '1045',
      state: 'rejected',
      error: SKU_UNKNOWN,
    }),
  },
  {
    name: 'corrected',
    summary: 'Sent again, corrected, under its own number after it was rejected',
    request: { body: orderOf('1046') },
    status: 202,
    headers: { location: '/orders/1046' },
    body: posted({ external_id: '1046', state: 'accepted' }),
  },
  {
    name: 'invalid_order',
    summary: 'A phone that is none, and a misspelt field',
    request: {
      body: {
        ...orderOf('1047'),
        customer: { name: 'Олена Коваленко', phone: '067 123' },
        delivery: { ...nowhere, adress: address },
      },
    },
    status: 400,
    headers: {},
    body: problem('invalid_order', 400, {
      detail: 'Mend the fields named in errors, and send the order again.',
      errors: [
        {
          pointer: '#/customer/phone',
          code: 'invalid_phone',
          detail:
            'customer.phone is not a possible phone number: send it like +380671234567 or 067 123 45 67.',
        },
        { pointer: '#/delivery/address', code: 'required', detail: 'delivery.address is required.' },
        {
          pointer: '#/delivery/adress',
          code: 'unknown_field',
          detail: 'delivery.adress is not a field of an order: check its spelling, or leave it out.',
        },
      ],
      explanations: [
        explained('phone_invalid', '#/customer/phone'),
        explained('branch_missing', '#/delivery/address'),
        explained('field_unknown', '#/delivery'),
      ],
    }),
  },
  {
    name: 'invalid_json',
    summary: 'A body that breaks off',
    request: { body: '{"external_id": "1048", "source": "telegram"' },
    status: 400,
    headers: {},
    body: problem('invalid_order', 400, {
      detail: 'Mend the fields named in errors, and send the order again.',
      errors: [
        { pointer: '#', code: 'invalid_json', detail: 'The body is not valid JSON (at position 44).' },
      ],
      explanations: [explained('not_an_order')],
    }),
  },
  {
    name: 'invalid_wait',
    summary: '`wait=30`',
    request: { query: { wait: '30' }, body: orderOf('1049') },
    status: 400,
    headers: {},
    body: problem('invalid_query', 400, {
      detail: 'wait must be a whole number of seconds from 0 to 20. The order was not accepted.',
      explanations: [explained('wait_invalid')],
    }),
  },
  {
    name: 'no_token',
    summary: 'Without the header `authorization`',
    request: { headers: { authorization: '' }, body: orderOf('1050') },
    status: 401,
    headers: { 'www-authenticate': ASKS_FOR_TOKEN },
    body: problem('unauthorized', 401, {
      detail: 'Send the header authorization: Bearer <token>.',
      explanations: [NO_TOKEN],
    }),
  },
  {
    name: 'unknown_token',
    summary: 'With a token that nobody has',
    request: { headers: { authorization: 'Bearer mistyped' }, body: orderOf('1050') },
    status: 401,
    headers: { 'www-authenticate': `${ASKS_FOR_TOKEN}, error="invalid_token"` },
    body: problem('unauthorized', 401, {
      detail: 'This token is not known here.',
      explanations: [NO_TOKEN],
    }),
  },
  {
    name: 'unsigned',
    summary: 'Not signed, by a caller for whom a signing secret is registered',
    request: { headers: { authorization: 'Bearer of-a-caller-that-signs' }, body: orderOf('1050') },
    status: 401,
    headers: { 'www-authenticate': `${ASKS_FOR_TOKEN}, error="invalid_signature"` },
    body: problem('unauthorized', 401, {
      detail: 'The header webhook-id is missing.',
      explanations: [explained('signature_refused')],
    }),
  },
  {
    name: 'taken',
    summary: 'Another order under a number that is in the CRM',
    request: { body: orderOf('1051', { items: [{ ...DRESS, quantity: 2 }] }) },
    status: 409,
    headers: {},
    body: problem('external_id_taken', 409, {
      detail:
        'Under this external_id another order of yours is synced. Send a new order under an id of its own; change the one that is there in the CRM.',
      state: 'synced',
      explanations: [explained('number_taken')],
    }),
  },
  {
    name: 'taken_by_another_caller',
    summary: "Under a number that is another caller's: how their order fares is not told",
    request: { body: orderOf('1052') },
    status: 409,
    headers: {},
    body: problem('external_id_taken', 409, {
      detail: 'This external_id stands for an order that is not yours. Send yours under an id of its own.',
      explanations: [explained('number_taken')],
    }),
  },
  {
    name: 'too_large',
    summary: 'A body of 70,000 bytes',
    request: { body: JSON.stringify(orderOf('1053')).padEnd(70_000) },
    status: 413,
    headers: {},
    body: problem('body_too_large', 413, {
      detail: 'An order may have 65536 bytes; this one has more.',
      explanations: [explained('body_too_large')],
    }),
  },
  {
    name: 'not_json',
    summary: 'With `content-type: text/plain`',
    request: { headers: { 'content-type': 'text/plain' }, body: orderOf('1054') },
    status: 415,
    headers: { 'accept-encoding': 'identity' },
    body: problem('unsupported_media_type', 415, {
      detail: 'Send the order with content-type: application/json.',
      explanations: [explained('wrong_content_type')],
    }),
  },
  {
    name: 'not_accepted',
    summary: 'SQS did not acknowledge it',
    request: { body: orderOf('1055') },
    status: 503,
    headers: { 'retry-after': '5' },
    body: problem('temporarily_unavailable', 503, {
      detail:
        'Whether the order was accepted is not known. Send it again, with the same external_id: a repeat makes no second order.',
      explanations: [explained('not_accepted')],
    }),
  },
];
