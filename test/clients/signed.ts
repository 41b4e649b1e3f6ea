import { Webhook } from 'standardwebhooks';
import type { Explanation } from '../../lib/explanations/explanation.ts';
import type { Callback } from '../../lib/intake/contract.ts';

/** Callbacks as the relay signs them: by the standard's own package. */

export const secret = (fill: number): string => `whsec_${Buffer.alloc(32, fill).toString('base64')}`;

const seconds = (ms: number) => Math.floor(ms / 1000);

export interface Signed {
  body: string;
  headers: Record<string, string>;
}

export function signed(
  body: string,
  {
    by = [secret(1)],
    id = 'evt_1',
    agoSeconds = 0,
  }: { by?: string[]; id?: string; agoSeconds?: number } = {},
): Signed {
  const at = new Date(Date.now() - agoSeconds * 1000);
  return {
    body,
    headers: {
      'webhook-id': id,
      'webhook-timestamp': String(seconds(at.getTime())),
      'webhook-signature': by.map((one) => new Webhook(one).sign(id, at, body)).join(' '),
    },
  };
}

export const explanation = (customer: string, changes: Partial<Explanation> = {}): Explanation => ({
  reason: 'phone_invalid',
  pointers: ['#/customer/phone'],
  who: 'customer',
  uk: { title: 'т', cause: 'п', todo: 'д', customer },
  en: { title: 't', cause: 'c', todo: 'Mend it.', customer: 'c' },
  ...changes,
});

export const rejected = (...explanations: Explanation[]) => ({
  attempts: 1,
  crm_order_id: null,
  error: { type: 'VALIDATION', message: 'no', explanations },
});

export const inCrm = (crm_order_id: string) => ({ attempts: 1, crm_order_id, error: null });

export function callback(
  id: string,
  type: Callback['type'],
  data: Callback['data'],
  {
    by = [secret(1)],
    happened = new Date(),
    clockAheadSeconds = 0,
  }: { by?: string[]; happened?: Date; clockAheadSeconds?: number } = {},
): Signed {
  const timestamp = new Date(happened.getTime() + clockAheadSeconds * 1000).toISOString();
  const event: Callback = { id, type, timestamp, data };
  return signed(JSON.stringify(event), { id, by, agoSeconds: -clockAheadSeconds });
}

export const secondsAgo = (count: number): Date => new Date(Date.now() - count * 1000);
