/** What the local stack's secrets hold at its start. Each is as long as it has to be, and plainly none. */

/** The key that the sandbox CRM takes until it is told otherwise. */
export const LOCAL_API_KEY = 'sandbox-key';

/** Who may post to the local stack, as the intake secret has it. */
export const LOCAL_TOKENS = JSON.stringify({ demo: 'local' });

/** Who may act on the manager's page of the local stack. */
export const LOCAL_OPERATORS = JSON.stringify({ manager: 'manager' });

/** What callbacks to the local receiver are signed with. */
export const LOCAL_SIGNING_SECRET = `whsec_${Buffer.from('no secret: for this machine only').toString('base64')}`;

/** The shop's chat of the local stack. */
export const LOCAL_CHAT = { bot_token: '1:no-secret-for-this-machine-only', chat: '42' } as const;

/** Where outcomes are told, as the callbacks secret has it. */
export const localCallbacks = (url: string): string =>
  JSON.stringify({ demo: { url, signing_secrets: LOCAL_SIGNING_SECRET, telegram: LOCAL_CHAT } });

/** The names that serverless.yml gives them at stage `local`. */
export const LOCAL_SECRET_NAMES = {
  apiKey: 'sitniks-orders/local/api-key',
  intakeTokens: 'sitniks-orders/local/intake-tokens',
  callbacks: 'sitniks-orders/local/callbacks',
  operators: 'sitniks-orders/local/operators',
} as const;
