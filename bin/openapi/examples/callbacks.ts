import type { Callback } from '../../../lib/intake/contract.ts';
import { eventId } from '../../../lib/ledger/outcome.ts';
import { explained, KEY_REFUSED, SKU_UNKNOWN } from './example.ts';

/** What a receiver gets. `test/openapi.test.ts` makes each of them happen, as in `HttpExample`. */
export interface CallbackExample {
  name: string;
  summary: string;
  body: Callback;
}

const callback = (
  type: Callback['type'],
  { external_id, ...data }: Partial<Callback['data']> & { external_id: string },
): Callback => ({
  id: eventId(external_id, type),
  type,
  timestamp: '2026-11-22T20:35:17.799Z',
  data: { external_id, attempts: 1, crm_order_id: null, error: null, ...data },
});

/** One of each type. */
export const CALLBACKS: readonly CallbackExample[] = [
  {
    name: 'synced',
    summary: 'In the CRM',
    body: callback('order.synced', { external_id: '1071', crm_order_id: '1004' }),
  },
  {
    name: 'rejected',
    summary: 'The CRM does not know a SKU: the customer can be told at once',
    body: callback('order.rejected', {
      external_id: '1072',
      error: SKU_UNKNOWN,
    }),
  },
  {
    name: 'parked',
    summary: 'The CRM refuses our key',
    body: callback('order.parked', {
      external_id: '1073',
      error: KEY_REFUSED,
    }),
  },
  {
    name: 'recovered',
    summary: 'In the CRM after it had been parked',
    body: callback('order.recovered', { external_id: '1074', crm_order_id: '1005' }),
  },
  {
    name: 'status_changed',
    summary: 'It is paid, and the CRM says so',
    body: callback('order.status_changed', {
      external_id: '1075',
      attempts: 0,
      crm_order_id: '1006',
      status: 'PAID',
    }),
  },
  {
    name: 'status_not_changed',
    summary: 'A manager has deleted the order in the CRM',
    body: callback('order.status_not_changed', {
      external_id: '1076',
      crm_order_id: '1007',
      status: 'PAID',
      error: {
        type: 'VALIDATION',
        message: 'The CRM does not know this order any more (404)',
        explanations: [explained('order_gone')],
      },
    }),
  },
  {
    name: 'payment_booked',
    summary: 'What was paid is in the CRM',
    body: callback('order.payment_booked', { external_id: '1078', crm_order_id: '1008', amount: 1299.5 }),
  },
  {
    name: 'payment_not_booked',
    summary: 'The relay is not set up to book payments: somebody has to enter it by hand',
    body: callback('order.payment_not_booked', {
      external_id: '1079',
      crm_order_id: '1009',
      attempts: 0,
      amount: 1299.5,
      error: {
        type: 'CONFIGURATION',
        message: 'The way into the CRM has to be mended. The order is kept, and sent then.',
        explanations: [explained('payment_not_set_up')],
      },
    }),
  },
];
