import { createHash } from 'node:crypto';
import type { Order } from './order.ts';

/** SHA-256 (hex) of an order as `readOrder` normalises it: how it was written makes no difference, what it says does. */
export const contentHash = (order: Order): string => textHash(JSON.stringify(order));

export const textHash = (text: string): string => createHash('sha256').update(text).digest('hex');
