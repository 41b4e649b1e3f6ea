import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { logRecordSchema, STEPS, storyLine } from '../../local/story-line.ts';

/** As the relay's log writes it. */
const lineOf = (message: string, fields: object, level = 'INFO', service = 'syncOrders') =>
  storyLine(
    logRecordSchema.parse({ level, message, service, timestamp: 'now', sampling_rate: 0, ...fields }),
  );

const order = { external_id: '1042', submitted_by: 'demo' };
const told = { ...order, event_id: 'evt_1', event_type: 'synced' };

test.each([
  ['Order accepted', order, '1042 accepted from demo'],
  ['Order known already', { ...order, state: 'synced' }, '1042 known already, synced'],
  [
    'Order refused',
    { submitted_by: 'demo', problems: '#/items too_small' },
    'an order from demo refused: #/items too_small',
  ],
  [
    'Request refused',
    { status: 404, error_type: 'order_not_found' },
    'syncOrders refused a request: 404 order_not_found',
  ],
  ['Request refused', { status: 400, error_type: 'invalid_order' }, undefined],
  [
    'Order synced',
    { ...order, crm_order_id: '1001', attempt: 2, accepted_to_synced_ms: 2140 },
    '1042 synced as 1001, 2 attempts, 2.1 s',
  ],
  [
    'Order synced',
    { ...order, crm_order_id: '1001', attempt: 1, accepted_to_synced_ms: 0 },
    '1042 synced as 1001, 1 attempt, 0.0 s',
  ],
  ['Order synced', { ...order, crm_order_id: '1001', attempt: 1 }, '1042 synced as 1001, 1 attempt'],
  [
    'Order will be retried',
    { ...order, attempt: 1, error_type: 'CONNECTION', reasons: 'in_doubt', in_doubt: true, delay_s: 30 },
    '1042 not synced, CONNECTION, may be in the CRM, 1 attempt: again in 30 s',
  ],
  [
    'Order will be retried',
    { ...order, attempt: 2, error_type: 'SERVER', in_doubt: false, delay_s: 60 },
    '1042 not synced, SERVER, 2 attempts: again in 60 s',
  ],
  [
    'Order rejected',
    { ...order, attempt: 1, error_type: 'VALIDATION', reasons: 'sku_unknown,phone_invalid' },
    '1042 rejected, VALIDATION (sku_unknown, phone_invalid), 1 attempt',
  ],
  [
    'Order parked',
    { ...order, attempt: 4, error_type: 'TIMEOUT', reasons: 'in_doubt', in_doubt: true },
    '1042 parked, TIMEOUT, may be in the CRM, 4 attempts',
  ],
  [
    'Order parked',
    { ...order, error_type: 'CONFLICT', reasons: 'number_taken' },
    '1042 parked, CONFLICT (number_taken)',
  ],
  ['Order sent back', { ...order, redriven: 1 }, '1042 sent back from the dead letters'],
  [
    'Operator sends an order',
    { ...order, operator: 'manager', verdict: 'sent' },
    '1042 sent on by manager: sent',
  ],
  ['Status accepted', { ...order, order_status: 'PAID' }, '1042 is to be PAID'],
  ['Status changed', { ...order, order_status: 'PAID', attempt: 1 }, '1042 is PAID in the CRM'],
  [
    'Status will be tried again',
    { ...order, order_status: 'PAID', error_type: 'SERVER', delay_s: 5 },
    '1042 not yet PAID, SERVER: again in 5 s',
  ],
  [
    'Status not changed: parked',
    { ...order, order_status: 'PAID', error_type: 'VALIDATION', reasons: 'status_unknown' },
    '1042 stays without PAID: parked, VALIDATION (status_unknown)',
  ],
  ['Payment booked', { ...order, attempt: 1 }, '1042: what was paid is booked'],
  [
    'Payment will be tried again',
    { ...order, error_type: 'CONNECTION', delay_s: 5 },
    '1042: what was paid is not booked yet, CONNECTION: again in 5 s',
  ],
  [
    'Payment not booked',
    { ...order, error_type: 'CONFIGURATION', reasons: 'payment_not_set_up' },
    '1042: what was paid is not booked, CONFIGURATION (payment_not_set_up)',
  ],
  [
    'Payment not booked: parked',
    { ...order, error_type: 'UNPROVEN', reasons: 'payment_unproven' },
    '1042: what was paid is not booked: parked, UNPROVEN (payment_unproven)',
  ],
  ['Submitter told', { ...told, status: 204 }, '1042 synced: demo told'],
  [
    'Callback failed: outcome given back',
    { ...told, status: 503, delay_s: 2 },
    '1042 synced: demo not told, HTTP 503: again in 2 s',
  ],
  [
    'Callback failed: outcome given back',
    { ...told, error_type: 'CONNECTION', no_answer: 'no answer within 5000 ms', delay_s: 2 },
    '1042 synced: demo not told, no answer within 5000 ms: again in 2 s',
  ],
])('%s %j', (message, fields, line) => {
  expect(lineOf(message, fields)).toBe(line);
});

describe('what has no line of its own', () => {
  test.each(['Dead letters tended', 'Order taken in hand', 'Order already settled: repeat'])(
    'is no news where it is no warning: %s',
    (message) => {
      expect(lineOf(message, { ...order, seen: 3 })).toBeUndefined();
    },
  );

  test.each([
    ['WARN', 'Something new', { ...order, error_name: 'TimeoutError' }, '1042 Something new, TimeoutError'],
    ['ERROR', 'Order unproven', { ...order, finding: 'missing' }, '1042 Order unproven, missing'],
    ['ERROR', 'Endpoint stopped', { ...told, status: 410, delay_s: 9 }, '1042 Endpoint stopped, HTTP 410'],
    [
      'WARN',
      'Message is not an order: parked',
      { error_type: 'MALFORMED', problems: '# invalid_json' },
      'syncOrders Message is not an order: parked, MALFORMED, # invalid_json',
    ],
    ['ERROR', 'Tokens not to be had', {}, 'syncOrders Tokens not to be had'],
  ])('is told in the relay’s own words where it is one: %s %s', (level, message, fields, line) => {
    expect(lineOf(message, fields, level)).toBe(line);
  });
});

test('what a number from outside holds cannot move the cursor, or make a second line', () => {
  const line = lineOf('Order synced', { ...order, crm_order_id: '1\u001b[2J\n2', attempt: 1 });
  expect(line).toBe('1042 synced as 1\uFFFD[2J\uFFFD2, 1 attempt');
});

test('a field that is no part of a step is not read', () => {
  const record = logRecordSchema.parse({
    level: 'INFO',
    message: 'Order accepted',
    service: 'x',
    name: 'Олена',
  });
  expect(record).toEqual({ level: 'INFO', message: 'Order accepted', service: 'x' });
});

test('every step is one that the relay logs, in these very words', () => {
  const folder = new URL('../../lib/', import.meta.url);
  const source = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => readFileSync(new URL(name, folder), 'utf8'))
    .join('\n');
  // Put together of the two states in which an attempt can end so.
  const [rejected, parked] = ['Order rejected', 'Order parked'];
  expect(source).toMatch(/case 'rejected':\s+case 'parked': \{[\s\S]*?log\.warn\(`Order \$\{end\.state\}`/);
  const unknown = Object.keys(STEPS).filter((message) => !source.includes(`'${message}'`));
  expect(unknown.filter((message) => message !== rejected && message !== parked)).toEqual([]);
});
