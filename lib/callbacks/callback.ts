import { Webhook } from 'standardwebhooks';
import { orderError } from '../explanations/explain.ts';
import type { Callback } from '../intake/contract.ts';
import type { Outcome } from '../ledger/outcome.ts';
import type { Endpoint } from './endpoints.ts';

/** An outcome as its submitter is told of it: the same codes and facts, with what they mean in words. */
export function toCallback({
  id,
  type,
  at,
  external_id,
  attempts,
  crm_order_id,
  status,
  amount,
  error,
}: Outcome): Callback {
  return {
    id,
    type: `order.${type}`,
    timestamp: at,
    data: {
      external_id: external_id ?? null,
      attempts,
      crm_order_id: crm_order_id ?? null,
      ...(status && { status }),
      ...(amount !== undefined && { amount }),
      error: error === undefined ? null : orderError(error),
    },
  };
}

/**
 * The POST of a callback by Standard Webhooks (https://www.standardwebhooks.com): JSON, signed over
 * `id.timestamp.body` with each of the endpoint's secrets, so that whoever changes secrets can go over to the new one
 * at any time. `webhook-id` is the event's and the same each time, `webhook-timestamp` is that of this attempt.
 *
 * @param at of the attempt (epoch ms)
 */
export function callbackRequest(callback: Callback, { signingSecrets }: Endpoint, at: number) {
  // Made once: what is signed has to be what is sent, to the byte.
  const body = JSON.stringify(callback);
  const sentAt = new Date(at);
  return {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'user-agent': 'sitniks-orders',
      'webhook-id': callback.id,
      'webhook-timestamp': String(Math.floor(at / 1000)),
      'webhook-signature': signingSecrets
        .map((secret) => new Webhook(secret).sign(callback.id, sentAt, body))
        .join(' '),
    },
    body,
  } satisfies RequestInit;
}
