import * as z from 'zod/mini';
import en from 'zod/v4/locales/en.js';
import { isThisMachine, outsideUrl } from './http-calls/outside-url.ts';
import { timeToBegin, timeToCall } from './lambda/time-budget.ts';
import { openApiSettings } from './sitniks/open-api/settings.ts';

/** One or more settings are missing or wrong. Names all of them, and no value: a value may be a secret in the wrong place. */
export class WrongSettings extends Error {
  override readonly name = 'WrongSettings';
}

const number = (fallback: number, min: number, max: number) =>
  z._default(z.coerce.number().check(z.int(), z.minimum(min), z.maximum(max)), fallback);

const name = () => z.string().check(z.minLength(1));

export const DIALECTS = ['orders', 'open-api'] as const;
export type Dialects = (typeof DIALECTS)[number];

const jsonText = () =>
  z.pipe(
    z.string(),
    z.transform((text, context): unknown => {
      try {
        return JSON.parse(text);
      } catch {
        context.issues.push({ code: 'custom', message: 'must be JSON', input: text });
        return z.NEVER;
      }
    }),
  );

/** Whether a record is believed only if SQS knows its receipt handle. Off only where nobody else can invoke. */
const records = () => ({ PROVE_RECORDS: z._default(z.stringbool(), false) });

const ledger = () => ({ LEDGER_TABLE: name() });

/** Who may call the API. */
const intake = () => ({
  /** Name of the secret with the callers' tokens. */
  INTAKE_TOKENS_SECRET: name(),
  INTAKE_TOKENS_TTL_SECONDS: number(300, 1, 3600),
  /** At most one fetch in this time because of unknown tokens, and while Secrets Manager is down. */
  INTAKE_TOKENS_RETRY_SECONDS: number(60, 1, 3600),
  /** What is shorter could be guessed. */
  INTAKE_TOKENS_LEAST_LENGTH: number(16, 1, 512),
});

/** Where the CRM is, and how it is spoken to. */
const crm = () => ({
  SITNIKS_BASE_URL: outsideUrl,
  /** Which of Sitniks' APIs is spoken: the contract's, or the live one (docs/sitniks.md). */
  SITNIKS_DIALECT: z._default(z.enum(DIALECTS), 'orders'),
  /** What `npm run orders -- setup` prints: JSON. Only read where the dialect is `open-api`. */
  SITNIKS_OPEN_API: z.prefault(z.pipe(jsonText(), openApiSettings), '{}'),
  /** Name of the secret with the CRM's API key. */
  SITNIKS_API_KEY_SECRET: name(),
  API_KEY_TTL_SECONDS: number(300, 1, 3600),
  /** At most one fetch in this time because of refused keys, and while Secrets Manager is down. */
  API_KEY_RETRY_SECONDS: number(60, 1, 3600),
  CRM_TIMEOUT_MS: number(10_000, 100, 60_000),
});

const acceptOrder = () =>
  z.object({
    ORDERS_QUEUE_URL: z.url(),
    ...intake(),
    ...ledger(),
  });

const syncOrders = () =>
  z
    .object({
      ORDERS_QUEUE_URL: z.url(),
      DEAD_LETTER_QUEUE_URL: z.url(),
      OUTCOMES_QUEUE_URL: z.url(),
      ...crm(),
      /** Containers that call at the same time, with the same key: `MaximumConcurrency`. */
      SITNIKS_CONTAINERS: number(5, 1, 1000),
      /** The function's own time-out, as it was deployed: an order is begun only if its calls fit in. */
      SYNC_TIMEOUT_SECONDS: number(60, 1, 900),
      MAX_RETRIES: number(3, 0, 10),
      RETRY_BASE_SECONDS: number(30, 1, 900),
      RETRY_CAP_SECONDS: number(900, 1, 3600),
      ...records(),
      ...ledger(),
    })
    .check(
      z.refine(
        ({ CRM_TIMEOUT_MS, SYNC_TIMEOUT_SECONDS }) =>
          timeToBegin(CRM_TIMEOUT_MS) < SYNC_TIMEOUT_SECONDS * 1000,
        {
          path: ['CRM_TIMEOUT_MS'],
          error: 'leaves no time to begin an order: the function needs three times as long, and 10 s more',
        },
      ),
      // On AWS, where the queue is elsewhere, the machine itself is Lambda's own.
      z.refine(
        ({ SITNIKS_BASE_URL, ORDERS_QUEUE_URL }) =>
          !isThisMachine(SITNIKS_BASE_URL) || isThisMachine(ORDERS_QUEUE_URL),
        { path: ['SITNIKS_BASE_URL'], error: 'may name this machine only where the queues are on it, too' },
      ),
    );

const getOrder = () => z.object({ ...intake(), ...ledger() });

/** The manager's page: who may act there has a secret of their own. */
const managerPage = () =>
  z.object({
    ORDERS_QUEUE_URL: z.url(),
    DEAD_LETTER_QUEUE_URL: z.url(),
    /** Name of the secret with the operators' tokens. */
    OPERATORS_SECRET: name(),
    INTAKE_TOKENS_TTL_SECONDS: intake().INTAKE_TOKENS_TTL_SECONDS,
    INTAKE_TOKENS_RETRY_SECONDS: intake().INTAKE_TOKENS_RETRY_SECONDS,
    INTAKE_TOKENS_LEAST_LENGTH: intake().INTAKE_TOKENS_LEAST_LENGTH,
    ...ledger(),
  });

/** The daily proof. */
const proveDay = () =>
  z.object({
    ...crm(),
    /** Table of how far the proof of each day has come. */
    PROOFS_TABLE: name(),
    /** Orders go before proofs: with `open-api` the key's own limit is shared with them. */
    PROOF_CALLS_PER_MINUTE: number(6, 1, 6000),
    CALLBACKS_SECRET: name(),
    CALLBACKS_TTL_SECONDS: number(300, 1, 3600),
    CALLBACKS_RETRY_SECONDS: number(60, 1, 3600),
    /** Ends before `/bot<token>`. */
    TELEGRAM_API_URL: outsideUrl,
    ...ledger(),
  });

/** Shops' chats. */
const tellShops = () =>
  z.object({
    /** Table of what each chat has been told of. */
    SHOP_CHATS_TABLE: name(),
    CALLBACKS_SECRET: name(),
    CALLBACKS_TTL_SECONDS: number(300, 1, 3600),
    CALLBACKS_RETRY_SECONDS: number(60, 1, 3600),
    /** Ends before `/bot<token>`. */
    TELEGRAM_API_URL: outsideUrl,
    /** Ends before `/manager`. */
    PAGE_URL: outsideUrl,
    ...ledger(),
  });

const tendDeadLetters = () =>
  z.object({
    ORDERS_QUEUE_URL: z.url(),
    DEAD_LETTER_QUEUE_URL: z.url(),
    OUTCOMES_QUEUE_URL: z.url(),
    /** How long a parked order waits before it may be the probe for the first time. */
    RETURN_BASE_SECONDS: number(300, 1, 3600),
    /** How long a wave of returned orders may go without one more of them getting through. */
    WAVE_TIMEOUT_SECONDS: number(20, 1, 60),
    ...ledger(),
  });

const notifySubmitter = () =>
  z
    .object({
      OUTCOMES_QUEUE_URL: z.url(),
      /** Table of the endpoints that have said that they are gone. */
      STOPPED_ENDPOINTS_TABLE: name(),
      /** Name of the secret with the callers' endpoints. */
      CALLBACKS_SECRET: name(),
      CALLBACKS_TTL_SECONDS: number(300, 1, 3600),
      /** How long to leave Secrets Manager alone while it is down. */
      CALLBACKS_RETRY_SECONDS: number(60, 1, 3600),
      /** Of one call to an endpoint, its answer included. */
      CALLBACK_TIMEOUT_MS: number(15_000, 100, 60_000),
      /** The function's own time-out, as it was deployed: a call is begun only if it fits in. */
      NOTIFY_TIMEOUT_SECONDS: number(45, 1, 900),
      /** The wait after the first call in vain; each one after it is 3 × as long, up to the cap. */
      CALLBACK_RETRY_BASE_SECONDS: number(10, 1, 900),
      CALLBACK_RETRY_CAP_SECONDS: number(14_400, 1, 43_200),
      /** `maxReceiveCount` of OutcomesQueue: what comes back after so many receives goes to its dead-letter queue. */
      CALLBACK_MAX_RECEIVES: number(26, 1, 1000),
      ...records(),
    })
    .check(
      z.refine(
        ({ CALLBACK_TIMEOUT_MS, NOTIFY_TIMEOUT_SECONDS }) =>
          timeToCall(CALLBACK_TIMEOUT_MS) < NOTIFY_TIMEOUT_SECONDS * 1000,
        {
          path: ['CALLBACK_TIMEOUT_MS'],
          error: 'leaves no time to make a call: the function needs as long, and 5 s more',
        },
      ),
    );

export type SyncOrdersConfig = z.output<ReturnType<typeof syncOrders>>;

type Environment = Record<string, string | undefined>;

export const readAcceptOrderConfig = (env: Environment = process.env) => read(acceptOrder, env);
export const readSyncOrdersConfig = (env: Environment = process.env) => read(syncOrders, env);
export const readGetOrderConfig = (env: Environment = process.env) => read(getOrder, env);
export const readNotifySubmitterConfig = (env: Environment = process.env) => read(notifySubmitter, env);
export const readManagerPageConfig = (env: Environment = process.env) => read(managerPage, env);
export const readProveDayConfig = (env: Environment = process.env) => read(proveDay, env);
export const readTellShopsConfig = (env: Environment = process.env) => read(tellShops, env);
export const readTendDeadLettersConfig = (env: Environment = process.env) => read(tendDeadLetters, env);

/** @throws {WrongSettings} naming every setting that is wrong, once, at cold start. */
function read<T extends z.ZodMiniType>(schema: () => T, env: Environment): z.output<T> {
  // `zod/mini` has no words of its own.
  const parsed = schema().safeParse(env, { error: en().localeError });
  if (parsed.success) return parsed.data;
  // Of each setting the first complaint: the next may only follow from it.
  const complaints = new Map<string, string>();
  for (const { path, message } of parsed.error.issues) {
    const name = path.join('.');
    if (!complaints.has(name))
      complaints.set(name, env[String(path[0])] === undefined ? `${name} is not set` : `${name}: ${message}`);
  }
  const settings = [...complaints.values()];
  throw new WrongSettings(`Wrong settings: ${settings.join('; ')}`);
}
