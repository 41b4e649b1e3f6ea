import type { OrderView } from '../../../lib/intake/contract.ts';
import { ASKS_FOR_TOKEN, explained, type HttpExample, KEY_REFUSED, problem, SKU_UNKNOWN } from './example.ts';

const NO_STORE = { 'cache-control': 'no-store' };

const viewed = (body: Omit<OrderView, 'links'>): OrderView => ({
  ...body,
  links: { self: `/orders/${body.external_id}` },
});

const at = (time: string) => `2026-11-22T20:35:${time}Z`;

/** Of `GET /orders/{external_id}`. */
export const GET_ORDER: readonly HttpExample[] = [
  {
    name: 'synced',
    summary: 'In the CRM',
    request: { external_id: '1061' },
    status: 200,
    headers: NO_STORE,
    body: viewed({
      external_id: '1061',
      state: 'synced',
      attempts: 1,
      crm_order_id: '1003',
      error: null,
      status: { wanted: 'NEW', in_crm: 'NEW', error: null },
      history: [
        { at: at('17.760'), step: 'accepted' },
        { at: at('17.783'), step: 'syncing', attempt: 1 },
        { at: at('17.799'), step: 'synced', attempt: 1 },
      ],
    }),
  },
  {
    name: 'in_doubt',
    summary: 'The CRM answered with a page, and may have it all the same: the next attempt asks it first',
    request: { external_id: '1062' },
    status: 200,
    headers: NO_STORE,
    body: viewed({
      external_id: '1062',
      state: 'in_doubt',
      attempts: 1,
      crm_order_id: null,
      error: {
        type: 'CONNECTION',
        message: 'The CRM answered 200, but not with an order in JSON',
        explanations: [explained('in_doubt')],
      },
      status: { wanted: 'NEW', in_crm: null, error: null },
      history: [
        { at: at('17.760'), step: 'accepted' },
        { at: at('17.783'), step: 'syncing', attempt: 1 },
        { at: at('17.799'), step: 'in_doubt', attempt: 1, error_type: 'CONNECTION', reasons: ['in_doubt'] },
      ],
    }),
  },
  {
    name: 'rejected',
    summary: 'The CRM does not know a SKU',
    request: { external_id: '1063' },
    status: 200,
    headers: NO_STORE,
    body: viewed({
      external_id: '1063',
      state: 'rejected',
      attempts: 1,
      crm_order_id: null,
      error: SKU_UNKNOWN,
      status: { wanted: 'NEW', in_crm: null, error: null },
      history: [
        { at: at('17.760'), step: 'accepted' },
        { at: at('17.783'), step: 'syncing', attempt: 1 },
        {
          at: at('17.799'),
          step: 'rejected',
          attempt: 1,
          error_type: 'VALIDATION',
          reasons: ['sku_unknown'],
        },
      ],
    }),
  },
  {
    name: 'parked',
    summary: 'The CRM refuses our key',
    request: { external_id: '1064' },
    status: 200,
    headers: NO_STORE,
    body: viewed({
      external_id: '1064',
      state: 'parked',
      attempts: 1,
      crm_order_id: null,
      error: KEY_REFUSED,
      status: { wanted: 'NEW', in_crm: null, error: null },
      history: [
        { at: at('17.760'), step: 'accepted' },
        { at: at('17.783'), step: 'syncing', attempt: 1 },
        {
          at: at('17.799'),
          step: 'parked',
          attempt: 1,
          error_type: 'AUTHENTICATION',
          reasons: ['key_refused'],
        },
      ],
    }),
  },
  {
    name: 'no_token',
    summary: 'Without the header `authorization`',
    request: { external_id: '1061', headers: { authorization: '' } },
    status: 401,
    headers: { 'www-authenticate': ASKS_FOR_TOKEN },
    body: problem('unauthorized', 401, {
      detail: 'Send the header authorization: Bearer <token>.',
      explanations: [explained('token_refused')],
    }),
  },
  {
    name: 'not_found',
    summary: "A number that is not known, or another caller's",
    request: { external_id: '9999' },
    status: 404,
    headers: {},
    body: problem('order_not_found', 404, {
      detail:
        'No order of yours is known under this external_id in the last 90 days. One that was accepted a moment ago may not be seen yet: ask again in a minute.',
      explanations: [explained('order_not_found')],
    }),
  },
  {
    name: 'unavailable',
    summary: 'The ledger cannot be read',
    request: { external_id: '1061' },
    status: 503,
    headers: { 'retry-after': '5' },
    body: problem('temporarily_unavailable', 503, {
      detail: 'Where the order is cannot be told just now. Ask again.',
      explanations: [explained('internal_error')],
    }),
  },
];
