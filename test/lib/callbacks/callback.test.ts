import { describe, expect, test } from 'vitest';
import { callbackRequest, toCallback } from '../../../lib/callbacks/callback.ts';
import { orderError } from '../../../lib/explanations/explain.ts';
import { callbackSchema } from '../../../lib/intake/contract.ts';
import { OUTCOMES } from '../../../lib/ledger/outcome.ts';
import { isSignedBy, whsec } from '../../kit/callback-receiver.ts';
import { sampleOutcome } from '../../kit/outcomes.ts';

const NEW = whsec(1);
const OLD = whsec(2);
const endpoint = (...signingSecrets: string[]) => ({
  url: new URL('https://bot.example.com'),
  signingSecrets,
});
const outcome = sampleOutcome();

describe('what a submitter is told', () => {
  test('is what happened to which order, with the error in words, as GET /orders/{external_id} has it', () => {
    expect(toCallback(outcome)).toEqual({
      id: outcome.id,
      type: 'order.rejected',
      timestamp: '2026-01-01T10:00:00.000Z',
      data: {
        external_id: '1042',
        attempts: 1,
        crm_order_id: null,
        error: outcome.error && orderError(outcome.error),
      },
    });
  });

  test('is that the order is in the CRM, and as what', () => {
    expect(toCallback(sampleOutcome({ type: 'synced', crm_order_id: '77', error: undefined }))).toMatchObject(
      {
        type: 'order.synced',
        data: { crm_order_id: '77', error: null },
      },
    );
  });

  test('is how far it is, and how much was paid, where that is what happened, and nothing of it otherwise', () => {
    const moved = toCallback(sampleOutcome({ type: 'status_changed', status: 'PAID', error: undefined }));
    expect(moved.data).toMatchObject({ status: 'PAID' });
    expect(moved.data).not.toHaveProperty('amount');
    const paid = toCallback(sampleOutcome({ type: 'payment_booked', amount: 0.5, error: undefined }));
    expect(paid.data).toMatchObject({ amount: 0.5 });
    expect(paid.data).not.toHaveProperty('status');
    expect(toCallback(sampleOutcome({ amount: 0 })).data).toMatchObject({ amount: 0 });
  });

  test('names no order where none was named', () => {
    expect(toCallback(sampleOutcome({ external_id: undefined })).data.external_id).toBeNull();
  });

  test.each(OUTCOMES)('is by the contract: %s', (type) => {
    for (const changes of [{}, { error: undefined, crm_order_id: '77' }, { external_id: undefined }]) {
      const callback = toCallback(sampleOutcome({ type, ...changes }));
      expect(callbackSchema.parse(JSON.parse(JSON.stringify(callback)))).toEqual(callback);
    }
  });

  test('is not who submitted it: the receiver knows its own name', () => {
    expect(JSON.stringify(toCallback(sampleOutcome({ submitted_by: 'tell-tale' })))).not.toContain(
      'tell-tale',
    );
  });
});

describe('how it is told', () => {
  const at = Date.parse('2026-01-02T03:04:05.999Z');
  const request = callbackRequest(toCallback(outcome), endpoint(NEW), at);

  test('is a POST of JSON, by the headers of Standard Webhooks', () => {
    expect(request.method).toBe('POST');
    expect(request.headers).toEqual({
      'content-type': 'application/json',
      'user-agent': 'sitniks-orders',
      'webhook-id': outcome.id,
      // Of this attempt, not of the event, and in whole seconds.
      'webhook-timestamp': '1767323045',
      'webhook-signature': expect.stringMatching(/^v1,[A-Za-z0-9+/]{43}=$/),
    });
    expect(JSON.parse(request.body)).toEqual(toCallback(outcome));
  });

  test('is the same event again, signed anew, when it is tried again', () => {
    const again = callbackRequest(toCallback(outcome), endpoint(NEW), at + 10_000);
    expect(again.body).toBe(request.body);
    expect(again.headers['webhook-id']).toBe(request.headers['webhook-id']);
    expect(again.headers['webhook-timestamp']).toBe('1767323055');
    expect(again.headers['webhook-signature']).not.toBe(request.headers['webhook-signature']);
  });

  test('carries a signature for each secret, so that the receiver may know either', () => {
    const both = callbackRequest(toCallback(outcome), endpoint(NEW, OLD), Date.now());
    expect(both.headers['webhook-signature'].split(' ')).toHaveLength(2);
    expect(isSignedBy(NEW, both)).toBe(true);
    expect(isSignedBy(OLD, both)).toBe(true);
    expect(isSignedBy(whsec(3), both)).toBe(false);
  });

  test('holds for these very bytes, this id and this time', () => {
    const now = callbackRequest(toCallback(outcome), endpoint(NEW), Date.now());
    expect(isSignedBy(NEW, now)).toBe(true);
    const { headers, body } = now;
    expect(isSignedBy(NEW, { headers, body: `${body} ` })).toBe(false);
    for (const name of ['webhook-id', 'webhook-timestamp', 'webhook-signature'] as const) {
      expect(isSignedBy(NEW, { headers: { ...headers, [name]: `1${headers[name]}` }, body })).toBe(false);
    }
  });
});
