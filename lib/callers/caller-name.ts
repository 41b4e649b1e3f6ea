import * as z from 'zod/mini';

/** 1 to 64 of `A-Z a-z 0-9 _ . -`: fit for a message attribute, the ledger and a log line. */
export const callerName = z.string().check(z.regex(/^[\w.-]{1,64}$/));
