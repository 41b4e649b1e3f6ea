import type { OrderMessage, Parking } from '../queues/codec.ts';
import type { DeadLetterQueue } from './dead-letter-queue.ts';

export interface ParkDeps {
  deadLetters: Pick<DeadLetterQueue, 'park'>;
  now?: () => number;
}

/** Puts a message onto the dead-letter queue, now. */
export const park = (
  message: OrderMessage,
  why: Omit<Parking, 'parkedAt'>,
  { deadLetters, now = Date.now }: ParkDeps,
): Promise<void> => deadLetters.park(message, { ...why, parkedAt: now() });
