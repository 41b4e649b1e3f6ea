import { bareTemplate } from '../../local/bare-template.ts';
import { LOCAL_OPERATORS, LOCAL_SECRET_NAMES, LOCAL_TOKENS } from '../../local/local-secrets.ts';
import { type Stack, startStack } from '../../local/stack.ts';

/** A stack of stand-ins, and what every function is to be told to run on it. */
export interface Stage {
  stack: Stack;
  environment: Record<string, string>;
}

const REGION = 'eu-central-1';
/** Nothing is to come back while it is worked on. */
const VISIBILITY_SECONDS = 60;

export async function startStage({ visibilitySeconds = VISIBILITY_SECONDS } = {}): Promise<Stage> {
  const stack = await startStack({
    template: bareTemplate({ visibilitySeconds }),
    region: REGION,
    apiKeySecret: LOCAL_SECRET_NAMES.apiKey,
    callbacksSecret: LOCAL_SECRET_NAMES.callbacks,
    secrets: {
      [LOCAL_SECRET_NAMES.intakeTokens]: LOCAL_TOKENS,
      [LOCAL_SECRET_NAMES.operators]: LOCAL_OPERATORS,
    },
  });
  const refOf = (id: string) => stack.resources.get(id)?.ref ?? '';
  return {
    stack,
    environment: {
      ...stack.environment,
      ORDERS_QUEUE_URL: refOf('OrdersQueue'),
      DEAD_LETTER_QUEUE_URL: refOf('DeadLetterQueue'),
      OUTCOMES_QUEUE_URL: refOf('OutcomesQueue'),
      LEDGER_TABLE: refOf('Ledger'),
      STOPPED_ENDPOINTS_TABLE: refOf('StoppedEndpoints'),
      SHOP_CHATS_TABLE: refOf('ShopChats'),
      PROOFS_TABLE: refOf('Proofs'),
      SITNIKS_BASE_URL: stack.sandbox.url,
      SITNIKS_API_KEY_SECRET: LOCAL_SECRET_NAMES.apiKey,
      INTAKE_TOKENS_SECRET: LOCAL_SECRET_NAMES.intakeTokens,
      INTAKE_TOKENS_LEAST_LENGTH: '1',
      OPERATORS_SECRET: LOCAL_SECRET_NAMES.operators,
      CALLBACKS_SECRET: LOCAL_SECRET_NAMES.callbacks,
      TELEGRAM_API_URL: stack.telegram.url,
      PAGE_URL: 'http://localhost:1',
      // As deployed.
      PROVE_RECORDS: 'true',
    },
  };
}
