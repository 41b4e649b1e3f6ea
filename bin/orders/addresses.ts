import type { Dialects } from '../../lib/config.ts';

/** Where the parts of a stage are. */
export interface Addresses {
  ordersQueueUrl: string;
  deadLetterQueueUrl: string;
  outcomesQueueUrl: string;
  outcomesDeadLetterQueueUrl: string;
  ledgerTable: string;
  stoppedEndpointsTable: string;
  sitniksBaseUrl: string;
  sitniksDialect: Dialects;
  /** The account's ids, as JSON; read where the dialect is `open-api`. */
  sitniksOpenApi: string;
  apiKeySecret: string;
  callbacksSecret: string;
  intakeTokensSecret: string;
  /** Of a token, in characters. */
  intakeTokensLeastLength: number;
  /** The time-out of `syncOrders`; unknown of the local stack, where it is scaled. */
  syncTimeoutMs: number | undefined;
}
