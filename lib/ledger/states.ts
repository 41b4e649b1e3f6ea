/** Where an order is: `accepted → syncing → synced`, and aside what went wrong. */
export const ORDER_STATES = [
  'accepted',
  'syncing',
  'synced',
  /** Failed, and comes back by itself. */
  'retrying',
  /** The CRM may have it without having said so; it comes back by itself, to be looked up. */
  'in_doubt',
  /** The CRM, or our own validation, says that its content is wrong. */
  'rejected',
  /** On the dead-letter queue. */
  'parked',
] as const;
export type OrderState = (typeof ORDER_STATES)[number];

/** `waiting`: nothing more happens to it without somebody's, or `tendDeadLetters`', doing. */
export type Phase = 'under_way' | 'in_crm' | 'waiting';

const PHASES: Readonly<Record<OrderState, Phase>> = {
  accepted: 'under_way',
  syncing: 'under_way',
  synced: 'in_crm',
  retrying: 'under_way',
  in_doubt: 'under_way',
  rejected: 'waiting',
  parked: 'waiting',
};

export const phaseOf = (state: OrderState): Phase => PHASES[state];

/** It is known what became of the order: what a caller waits for, and is told. */
export const isFinal = (state: OrderState): boolean => PHASES[state] !== 'under_way';
