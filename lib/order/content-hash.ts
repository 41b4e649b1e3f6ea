import { createHash } from 'node:crypto';
import type { Order } from './order.ts';

/** What an order says, as a hash tells it from others. */
export interface Content {
  content_hash: string;
  /** As it was named while the status still counted, where that is another: records from then are known by it. */
  former_hash?: string | undefined;
}

/**
 * SHA-256 (hex) of an order as `readOrder` normalises it: how it was written makes no difference, what it says does. All
 * but its status, which moves on while the order stays the same: every order is named as if it were new.
 */
export const contentHash = (order: Order): string => textHash(JSON.stringify({ ...order, status: 'NEW' }));

export const contentOf = (order: Order): Content => ({
  content_hash: contentHash(order),
  ...(order.status !== 'NEW' && { former_hash: textHash(JSON.stringify(order)) }),
});

export const textHash = (text: string): string => createHash('sha256').update(text).digest('hex');
