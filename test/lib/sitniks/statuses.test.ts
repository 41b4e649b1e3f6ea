import { describe, expect, test } from 'vitest';
import type { Exchange } from '../../../lib/http-calls/exchange.ts';
import type { CrmErrorType } from '../../../lib/sitniks/result.ts';
import { failureOf, isSuccess, notCreated } from '../../../lib/sitniks/statuses.ts';
import { parsedOrder } from '../../kit/parsed-order.ts';

const answered = (status: number, body: unknown = '', headers: Record<string, string> = {}): Exchange => ({
  answered: true,
  status,
  headers: new Headers(headers),
  body: typeof body === 'string' ? body : JSON.stringify(body),
});
const order = parsedOrder('1042');

test.each([
  [199, false],
  [200, true],
  [299, true],
  [300, false],
])('%d is a success: %s', (status, success) => {
  expect(isSuccess(status)).toBe(success);
});

describe('an answer that is no success', () => {
  const redirects = (status: number) =>
    `The CRM redirects (${status}): SITNIKS_BASE_URL is not where its API is`;
  const unknown = (status: number) =>
    `The CRM does not know this request (${status}): check SITNIKS_BASE_URL`;

  test.each<[status: number, type: CrmErrorType, message: string]>([
    [101, 'CONFIGURATION', unknown(101)],
    [299, 'CONFIGURATION', unknown(299)],
    [300, 'CONFIGURATION', redirects(300)],
    [399, 'CONFIGURATION', redirects(399)],
    [400, 'VALIDATION', 'The CRM refuses the order (400)'],
    [401, 'AUTHENTICATION', 'The CRM refuses the API key (401)'],
    [402, 'CONFIGURATION', unknown(402)],
    [403, 'AUTHENTICATION', 'The CRM refuses the API key (403)'],
    [404, 'CONFIGURATION', unknown(404)],
    [408, 'CONNECTION', 'The CRM failed (408)'],
    [422, 'VALIDATION', 'The CRM refuses the order (422)'],
    [429, 'RATE_LIMIT', 'The CRM asks for a pause (429)'],
    [499, 'CONFIGURATION', unknown(499)],
    [500, 'CONNECTION', 'The CRM failed (500)'],
    [503, 'CONNECTION', 'The CRM failed (503)'],
  ])('of %d is %s, and in doubt only where the CRM failed', (status, type, message) => {
    const failure = { ok: false, type, mayHaveReachedCrm: type === 'CONNECTION' };
    expect(failureOf(answered(status), '')).toEqual({ ...failure, message });
    expect(failureOf(answered(status), 'so it says')).toEqual({
      ...failure,
      message: `${message}: so it says`,
    });
  });

  test.each([429, 408, 503])('of %d says how long to wait, if the CRM did', (status) => {
    expect(failureOf(answered(status, '', { 'retry-after': '7' }), '')).toHaveProperty('retryAfterMs', 7000);
    expect(failureOf(answered(status), '')).not.toHaveProperty('retryAfterMs');
  });

  test('of another kind is not made to wait', () => {
    expect(failureOf(answered(401, '', { 'retry-after': '7' }), '')).not.toHaveProperty('retryAfterMs');
  });

  test.each([true, false])(
    'that never came is in doubt where it may have been sent: %s',
    (mayHaveBeenSent) => {
      const none: Exchange = { answered: false, mayHaveBeenSent, reason: 'no answer within 1 s' };
      const failure = {
        ok: false,
        type: 'CONNECTION',
        message: 'The CRM cannot be reached: no answer within 1 s',
        mayHaveReachedCrm: mayHaveBeenSent,
      };
      expect(failureOf(none, '')).toEqual(failure);
      expect(notCreated(none, order, 'key')).toEqual(failure);
    },
  );
});

describe('an order that was not created', () => {
  test('for several reasons is refused, though one of them is that its number is there', () => {
    const errors = { external_id: ['order already exists'], 'customer.phone': ['is invalid'] };
    expect(notCreated(answered(409, { errors }), order, 'key')).toMatchObject({
      type: 'VALIDATION',
      message: expect.stringMatching(/^The CRM refuses the order \(409\): /),
      reasons: expect.arrayContaining([
        { code: 'duplicate_in_crm', pointer: '#/external_id' },
        { code: 'phone_invalid', pointer: '#/customer/phone' },
      ]),
    });
  });

  test('is told with a 422 without words as refused, for a reason that is not known', () => {
    expect(notCreated(answered(422), order, 'key')).toEqual({
      ok: false,
      type: 'VALIDATION',
      message: 'The CRM refuses the order (422)',
      mayHaveReachedCrm: false,
      reasons: [{ code: 'refused_unknown' }],
    });
  });
});

test('a 409 of which one complaint is understood, and one is not, is a refusal, and not taken for a duplicate', () => {
  const errors = { 'items.0.sku': ['Unknown SKU'], colour: ['xyzzy plugh'] };
  expect(notCreated(answered(409, { errors }), order, 'key')).toMatchObject({
    type: 'VALIDATION',
    reasons: [{ code: 'sku_unknown', pointer: '#/items/0/sku' }, { code: 'refused_unknown' }],
  });
});
