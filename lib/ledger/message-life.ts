/** OrdersQueue keeps a message for 4 days (infrastructure/queues.yml): what has not moved for longer is on no queue any more. */
export const MESSAGE_LIFE_MS = 4 * 24 * 60 * 60 * 1000;
/** For clocks that differ, and for what SQS is late to forget. */
const MARGIN_MS = 60 * 60 * 1000;

export const LIFE_MS = MESSAGE_LIFE_MS + MARGIN_MS;

/** What is lost at a time was seen for the last time before this (epoch ms). */
export const lastSeenOfLost = (now: number): number => now - LIFE_MS;
