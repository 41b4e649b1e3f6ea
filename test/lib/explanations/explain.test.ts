import { describe, expect, test } from 'vitest';
import { explain, orderError } from '../../../lib/explanations/explain.ts';
import { explanationSchema, orderErrorSchema } from '../../../lib/explanations/explanation.ts';
import { failureSchema, reasonsOf } from '../../../lib/explanations/failure.ts';
import { REASON_CODES, whoActs } from '../../../lib/explanations/reasons.ts';
import { TEXTS } from '../../../lib/explanations/texts.ts';

const codesOf = (...codes: (typeof REASON_CODES)[number][]) =>
  explain(codes.map((code) => ({ code }))).map(({ reason }) => reason);

describe('an explanation', () => {
  test.each(REASON_CODES)('of %s is what the contract says, with the words for it', (code) => {
    const explanations = explain([{ code }]);
    expect(explanations).toEqual([{ reason: code, pointers: [], who: whoActs(code), ...TEXTS[code] }]);
    expect(explanationSchema.parse(explanations[0])).toEqual(explanations[0]);
  });

  test('comes once for each reason, with every field that it is about, once and in order', () => {
    const explanations = explain([
      { code: 'sku_unknown', pointer: '#/items/2/sku' },
      { code: 'phone_invalid', pointer: '#/customer/phone' },
      { code: 'sku_unknown' },
      { code: 'sku_unknown', pointer: '#/items/0/sku' },
      { code: 'sku_unknown', pointer: '#/items/2/sku' },
    ]);
    expect(explanations.map(({ reason, pointers }) => [reason, pointers])).toEqual([
      ['sku_unknown', ['#/items/2/sku', '#/items/0/sku']],
      ['phone_invalid', ['#/customer/phone']],
    ]);
  });

  test('for the customer comes first, then the manager, the developer, and what passes; else as they were', () => {
    expect(
      codesOf(
        'in_doubt',
        'field_unknown',
        'refused_unknown',
        'phone_invalid',
        'field_missing',
        'sku_missing',
        'name_missing',
        'crm_busy',
      ),
    ).toEqual([
      'phone_invalid',
      'name_missing',
      'refused_unknown',
      'sku_missing',
      'field_unknown',
      'field_missing',
      'in_doubt',
      'crm_busy',
    ]);
  });

  test('there always is: without a reason it says that the reason is unknown', () => {
    expect(explain([]).map(({ reason }) => reason)).toEqual(['unknown']);
  });
});

describe('the reasons of a stored failure', () => {
  test('are those that were stored', () => {
    const reasons = [{ code: 'branch_invalid', pointer: '#/delivery/address' }] as const;
    expect(reasonsOf({ type: 'VALIDATION', reasons })).toEqual(reasons);
  });

  test.each([
    ['CONNECTION', 'crm_unreachable'],
    ['AUTHENTICATION', 'key_refused'],
    ['RATE_LIMIT', 'crm_busy'],
    ['CONFIGURATION', 'crm_misconfigured'],
    ['VALIDATION', 'refused_unknown'],
    ['MALFORMED', 'not_an_order'],
    ['CONFLICT', 'number_taken'],
    ['NO_REASON', 'broke_off'],
    ['UNKNOWN', 'unknown'],
  ] as const)('of %s from before there were any are %s', (type, code) => {
    expect(reasonsOf({ type })).toEqual([{ code }]);
    expect(reasonsOf({ type, reasons: [] })).toEqual([{ code }]);
  });

  test.each(['A_TYPE_OF_TOMORROW', 'constructor'])('of %s are unknown: a newer version wrote it', (type) => {
    expect(reasonsOf(failureSchema.parse({ type, message: '' }))).toEqual([{ code: 'unknown' }]);
  });
});

describe('what a submitter is told of a failure', () => {
  test("is its type, the CRM's words, and what they mean", () => {
    const error = orderError({
      type: 'VALIDATION',
      message: 'The CRM refuses the order (422): SKU not found',
      reasons: [{ code: 'sku_unknown', pointer: '#/items/0/sku' }],
    });
    expect(error).toEqual({
      type: 'VALIDATION',
      message: 'The CRM refuses the order (422): SKU not found',
      explanations: [
        { reason: 'sku_unknown', pointers: ['#/items/0/sku'], who: 'customer', ...TEXTS.sku_unknown },
      ],
    });
    expect(orderErrorSchema.parse(error)).toEqual(error);
  });

  test.each([
    ['CONFIGURATION', 'crm_misconfigured'],
    ['AUTHENTICATION', 'key_refused'],
  ] as const)('of %s has nothing of the internals in it', (type, reason) => {
    const { message, explanations } = orderError({ type, message: 'Look-up: redirected to crm.internal' });
    expect(message).toBe('The way into the CRM has to be mended. The order is kept, and sent then.');
    expect(explanations).toEqual([expect.objectContaining({ reason })]);
  });
});
