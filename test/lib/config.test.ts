import { describe, expect, test } from 'vitest';
import {
  readAcceptOrderConfig,
  readGetOrderConfig,
  readNotifySubmitterConfig,
  readSyncOrdersConfig,
  WrongSettings,
} from '../../lib/config.ts';
import { openApiSettings } from '../../lib/sitniks/open-api/settings.ts';

const QUEUE = 'https://sqs.eu-central-1.amazonaws.com/123456789012/orders';
const GET = { LEDGER_TABLE: 'Ledger', INTAKE_TOKENS_SECRET: 'sitniks-orders/dev/intake-tokens' };
const ACCEPT = { ORDERS_QUEUE_URL: QUEUE, ...GET };
const SYNC = {
  ORDERS_QUEUE_URL: QUEUE,
  LEDGER_TABLE: 'Ledger',
  DEAD_LETTER_QUEUE_URL: `${QUEUE}-dead`,
  OUTCOMES_QUEUE_URL: `${QUEUE}-outcomes.fifo`,
  SITNIKS_BASE_URL: 'https://crm.sitniks.com',
  SITNIKS_API_KEY_SECRET: 'sitniks-orders/dev/api-key',
};
const NOTIFY = {
  OUTCOMES_QUEUE_URL: `${QUEUE}-outcomes.fifo`,
  STOPPED_ENDPOINTS_TABLE: 'StoppedEndpoints',
  CALLBACKS_SECRET: 'sitniks-orders/dev/callbacks',
};

/** How long who may post is kept, and how soon it may be asked for again. */
const TOKENS = {
  INTAKE_TOKENS_TTL_SECONDS: 300,
  INTAKE_TOKENS_RETRY_SECONDS: 60,
  INTAKE_TOKENS_LEAST_LENGTH: 16,
};

/** The message of the error that a reading throws, which is also what CloudWatch shows of a cold start. */
function complaint(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    if (!(error instanceof WrongSettings)) throw error;
    // Lambda prints an error with its own properties: they too would give a value away.
    expect(Object.keys(error)).toEqual(['name']);
    expect(error.cause).toBeUndefined();
    return error.message;
  }
  throw new Error('Nothing is wrong');
}

test('what is wrong in the JSON of the Open API is named by its place', () => {
  const read = (SITNIKS_OPEN_API: string) => () => readSyncOrdersConfig({ ...SYNC, SITNIKS_OPEN_API });
  expect(read('{"novaPoshtaId":"x","salesChanelId":1}')).toThrow('SITNIKS_OPEN_API.novaPoshtaId: ');
  expect(read('not json')).toThrow('SITNIKS_OPEN_API: must be JSON');
});

test('how a setting is wrong is said, and not only that it is', () => {
  expect(complaint(() => readSyncOrdersConfig({ ...SYNC, MAX_RETRIES: '11' }))).toBe(
    'Wrong settings: MAX_RETRIES: Too big: expected number to be <=10',
  );
});

describe('the defaults', () => {
  test("are the design's numbers", () => {
    expect(readSyncOrdersConfig(SYNC)).toStrictEqual({
      ...SYNC,
      SITNIKS_DIALECT: 'orders',
      SITNIKS_CONTAINERS: 5,
      SITNIKS_OPEN_API: openApiSettings.parse({}),
      PROVE_RECORDS: false,
      API_KEY_TTL_SECONDS: 300,
      API_KEY_RETRY_SECONDS: 60,
      CRM_TIMEOUT_MS: 10_000,
      SYNC_TIMEOUT_SECONDS: 60,
      MAX_RETRIES: 3,
      RETRY_BASE_SECONDS: 30,
      RETRY_CAP_SECONDS: 900,
    });
    expect(readAcceptOrderConfig(ACCEPT)).toStrictEqual({
      ...ACCEPT,
      ...TOKENS,
    });
    expect(readGetOrderConfig(GET)).toStrictEqual({
      ...GET,
      ...TOKENS,
    });
    expect(readNotifySubmitterConfig(NOTIFY)).toStrictEqual({
      ...NOTIFY,
      PROVE_RECORDS: false,
      CALLBACKS_TTL_SECONDS: 300,
      CALLBACKS_RETRY_SECONDS: 60,
      CALLBACK_TIMEOUT_MS: 15_000,
      NOTIFY_TIMEOUT_SECONDS: 45,
      CALLBACK_RETRY_BASE_SECONDS: 10,
      CALLBACK_RETRY_CAP_SECONDS: 14_400,
      CALLBACK_MAX_RECEIVES: 26,
    });
  });

  test('give way to what is set, as text, as the environment has it', () => {
    expect(readSyncOrdersConfig({ ...SYNC, CRM_TIMEOUT_MS: '2000', MAX_RETRIES: '0' })).toMatchObject({
      CRM_TIMEOUT_MS: 2000,
      MAX_RETRIES: 0,
    });
  });

  test("leave aside what is not theirs, as all of the runtime's own settings", () => {
    expect(readGetOrderConfig({ ...GET, AWS_REGION: 'eu-central-1', PATH: '/bin' })).not.toHaveProperty(
      'AWS_REGION',
    );
  });
});

describe('wrong settings', () => {
  test('are named all at once when nothing is set', () => {
    expect(complaint(() => readSyncOrdersConfig({}))).toBe(
      'Wrong settings: ORDERS_QUEUE_URL is not set; DEAD_LETTER_QUEUE_URL is not set; OUTCOMES_QUEUE_URL is not set; ' +
        'SITNIKS_BASE_URL is not set; SITNIKS_API_KEY_SECRET is not set; LEDGER_TABLE is not set',
    );
    expect(complaint(() => readAcceptOrderConfig({}))).toBe(
      'Wrong settings: ORDERS_QUEUE_URL is not set; INTAKE_TOKENS_SECRET is not set; LEDGER_TABLE is not set',
    );
    expect(complaint(() => readGetOrderConfig({}))).toBe(
      'Wrong settings: INTAKE_TOKENS_SECRET is not set; LEDGER_TABLE is not set',
    );
    expect(complaint(() => readNotifySubmitterConfig({}))).toBe(
      'Wrong settings: OUTCOMES_QUEUE_URL is not set; STOPPED_ENDPOINTS_TABLE is not set; CALLBACKS_SECRET is not set',
    );
  });

  test('are named all at once when all of them are wrong, and no value is told', () => {
    const value = 'sk-secret-in-the-wrong-place';
    const wrong = Object.fromEntries([
      ...Object.keys(readSyncOrdersConfig(SYNC)).map((name) => [name, value]),
      // Any text names a secret or a table.
      ['SITNIKS_API_KEY_SECRET', ''],
      ['LEDGER_TABLE', ''],
    ]);
    const message = complaint(() => readSyncOrdersConfig(wrong));
    for (const name of Object.keys(wrong)) expect(message).toContain(`${name}: `);
    expect(message).not.toContain('secret-in');
  });

  test.each(['', ' ', 'x', '1.5', '-1', '1e9', 'NaN', 'Infinity'])('%j is no time-out', (CRM_TIMEOUT_MS) => {
    expect(complaint(() => readSyncOrdersConfig({ ...SYNC, CRM_TIMEOUT_MS }))).toMatch(
      /^Wrong settings: CRM_TIMEOUT_MS: [^;]+$/,
    );
  });
});

test('a time-out of the CRM that leaves no time to begin an order is refused', () => {
  const settings = (crmMs: number, functionSeconds: number) => () =>
    readSyncOrdersConfig({
      ...SYNC,
      CRM_TIMEOUT_MS: String(crmMs),
      SYNC_TIMEOUT_SECONDS: String(functionSeconds),
    });
  expect(complaint(settings(17_000, 60))).toContain('CRM_TIMEOUT_MS: leaves no time to begin an order');
  expect(settings(16_000, 60)).not.toThrow();
  expect(settings(30_000, 120)).not.toThrow();
});

test('a time-out of callbacks that leaves no time to make one is refused: none would ever be made', () => {
  const settings = (callbackMs: number, functionSeconds: number) => () =>
    readNotifySubmitterConfig({
      ...NOTIFY,
      CALLBACK_TIMEOUT_MS: String(callbackMs),
      NOTIFY_TIMEOUT_SECONDS: String(functionSeconds),
    });
  expect(complaint(settings(25_000, 30))).toContain('CALLBACK_TIMEOUT_MS: leaves no time to make a call');
  expect(settings(24_900, 30)).not.toThrow();
});

describe("the CRM's address", () => {
  const accepts = (SITNIKS_BASE_URL: string) => () => readSyncOrdersConfig({ ...SYNC, SITNIKS_BASE_URL });

  test.each(['https://crm.sitniks.com', 'https://crm.sitniks.com/open-api/'])('may be %s', (url) => {
    expect(accepts(url)()).toMatchObject({ SITNIKS_BASE_URL: url });
  });

  test.each(['http://localhost:4010', 'http://127.0.0.1:4010', 'http://[::1]:4010'])(
    'may be %s where the queues are on this machine, too',
    (url) => {
      const here = { ...SYNC, ORDERS_QUEUE_URL: 'http://127.0.0.1:9324/000000000000/orders' };
      expect(readSyncOrdersConfig({ ...here, SITNIKS_BASE_URL: url })).toMatchObject({
        SITNIKS_BASE_URL: url,
      });
    },
  );

  test.each([
    'http://localhost:4010',
    'https://localhost',
    'http://127.1',
    'http://2130706433',
    'http://0x7f.1',
    'http://0177.0.0.1',
    'https://127.8.9.10:4170',
    'http://[::1]',
    'https://[0:0:0:0:0:0:0:1]',
    'https://[::ffff:127.0.0.1]',
    'https://0.0.0.0',
    'https://[::]',
    'https://crm.localhost',
    'https://LOCALHOST.',
  ])('may not be %s on AWS: there it is Lambda itself', (url) => {
    expect(complaint(accepts(url))).toBe(
      'Wrong settings: SITNIKS_BASE_URL: may name this machine only where the queues are on it, too',
    );
  });

  test.each([
    'http://crm.sitniks.com',
    'http://127.0.0.1.example.com',
    'http://localhost.example.com',
    'http://192.168.1.2',
    'http://0.0.0.0:4010',
    'http://[::2]',
    'ftp://crm.sitniks.com',
    'https://user:password@crm.sitniks.com',
    'file:///etc/passwd',
  ])('may not be %s: an order is personal, and so is the key', (url) => {
    expect(complaint(accepts(url))).toBe(
      'Wrong settings: SITNIKS_BASE_URL: must be https (http only for this machine), without a user or password',
    );
  });

  test.each(['', 'crm.sitniks.com', 'https://', 'not a URL'])(
    'may not be %j, and is named with the others',
    (url) => {
      expect(
        complaint(() => readSyncOrdersConfig({ ...SYNC, SITNIKS_BASE_URL: url, MAX_RETRIES: 'x' })),
      ).toMatch(/^Wrong settings: SITNIKS_BASE_URL: must be a URL; MAX_RETRIES: /);
    },
  );
});
