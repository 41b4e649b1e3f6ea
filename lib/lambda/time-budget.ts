/** An order makes at most three calls of the CRM: look-up, creation, and one of them again with a new key. */
const CALLS_PER_ORDER = 3;
/** For SQS, the ledger and Secrets Manager, when they are well. When they are not, the lease and a look-up see to it. */
const RESERVE_MS = 10_000;

/** How much of its time an invocation must have left to begin an order. */
export const timeToBegin = (crmTimeoutMs: number): number => CALLS_PER_ORDER * crmTimeoutMs + RESERVE_MS;

/** For the secret, the stopped endpoints and SQS, when they are well. When they are not, SQS delivers again. */
const CALLBACK_RESERVE_MS = 5_000;

/** How much of its time an invocation must have left to call a submitter's endpoint. */
export const timeToCall = (callbackTimeoutMs: number): number => callbackTimeoutMs + CALLBACK_RESERVE_MS;
