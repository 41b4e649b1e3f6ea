import type { Caller } from '../../lib/callers/callers.ts';

/** Who sends what tests send, where it does not matter who. */
export const DEMO: Caller = { name: 'demo', signingSecrets: [] };
