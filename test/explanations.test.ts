/** Every "no" that the edge can say, and everything that the sandbox CRM can do to an order, is explained. */
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { explanationSchema } from '../lib/explanations/explanation.ts';
import type { ReasonCode } from '../lib/explanations/reasons.ts';
import { type OrderView, orderViewSchema, postedSchema, problemSchema } from '../lib/intake/contract.ts';
import type { ProblemCode } from '../lib/intake/http.ts';
import { orderSchema } from '../lib/order/order.ts';
import { apiEvent } from '../local/api-event.ts';
import { invokeHandler } from '../local/invoke.ts';
import { type CallKind, FAULTS, type FaultInput, type FaultName } from '../local/sandbox/faults.ts';
import { PERSONAL, sampleOrder } from './kit/orders.ts';
import { type Answer, type Relay, startRelay } from './kit/relay.ts';
import { until } from './kit/until.ts';

const SIGNER = { authorization: 'Bearer signer-token' };
const OTHER = { authorization: 'Bearer other-token' };
const tokens = {
  demo: 'local',
  other: 'other-token',
  signer: {
    tokens: 'signer-token',
    signing_secrets: [`whsec_${Buffer.alloc(32, 3).toString('base64')}`],
  },
};

let relay: Relay;
beforeAll(async () => {
  relay = await startRelay({
    tokens: JSON.stringify(tokens),
    // No second attempt, and time for each call: what is said of the first attempt stands, however busy this machine.
    settings: { RETRY_BASE_SECONDS: '600', RETRY_CAP_SECONDS: '600', CRM_TIMEOUT_MS: '1500' },
  });
});
afterAll(() => relay.stop());

/** What is said of a "no": at least one explanation, with its words in both languages, as `code #/field #/field`. */
function codesOf(explanations: unknown): string[] {
  expect(JSON.stringify(explanations)).not.toMatch(/Олена|067123|380671|example\.com|Таємна/);
  return z
    .array(explanationSchema)
    .min(1)
    .parse(explanations)
    .map(({ reason, pointers, uk, en }) => {
      for (const words of Object.values(uk)) expect(words).toMatch(/\p{Script=Cyrillic}/u);
      for (const words of Object.values(en)) expect(words).toMatch(/^[^\p{Script=Cyrillic}]+$/u);
      return [reason, ...pointers].join(' ');
    });
}

/** The status of the answer, and what is said of it. */
function no({ statusCode, body }: Answer): (number | string)[] {
  const { status, explanations } = problemSchema.parse(body);
  expect(status).toBe(statusCode);
  return [statusCode, ...codesOf(explanations)];
}

type Path = readonly (string | number)[];
const pointerTo = (path: Path): string => ['#', ...path].join('/');

/** A sample order in which one thing is different; `undefined` leaves it out. */
function orderWith(path: Path, value: unknown): object {
  const change = (whole: unknown, [key, ...rest]: Path): unknown => {
    if (key === undefined) return value;
    const changed = change(Object.getOwnPropertyDescriptor(Object(whole), key)?.value, rest);
    return Array.isArray(whole) ? whole.with(Number(key), changed) : { ...Object(whole), [key]: changed };
  };
  return Object(change(sampleOrder('edge-1'), path));
}

describe('at the edge', () => {
  const BAD = {
    text: {
      null: null,
      number: 7,
      list: ['x'],
      empty: '',
      'only space': '   ',
      'too long': 'x'.repeat(400),
      'control character': 'a\u0007b',
    },
    'text or number': { null: null, list: [7], object: {}, empty: '', 'too long': 'x'.repeat(400) },
    number: { null: null, text: '7', negative: -1, 'too big': 1e9 },
    object: { null: null, text: 'x', list: [] },
    list: {
      null: null,
      text: 'x',
      object: {},
      empty: [],
      'too long': Array.from({ length: 101 }, () => sampleOrder('x').items[0]),
    },
  };
  const EMPTY = ['empty', 'only space'];
  /** No customer can put that right: it is how the bot wrote it down. */
  const WRONG_TYPE = ['null', 'number', 'text', 'list', 'object'];

  type Row = [
    path: Path,
    kind: keyof typeof BAD,
    missing: ReasonCode | 'optional',
    empty: ReasonCode,
    invalid: ReasonCode,
  ];
  /** A row for each field that an order has. */
  const FIELDS: readonly Row[] = [
    [['external_id'], 'text', 'number_invalid', 'number_invalid', 'number_invalid'],
    [['source'], 'text', 'field_missing', 'field_missing', 'field_invalid'],
    [['customer'], 'object', 'field_missing', 'field_missing', 'field_invalid'],
    [['customer', 'name'], 'text', 'name_missing', 'name_missing', 'name_invalid'],
    [['customer', 'phone'], 'text', 'phone_missing', 'phone_missing', 'phone_invalid'],
    [['delivery'], 'object', 'field_missing', 'field_missing', 'field_invalid'],
    [['delivery', 'method'], 'text', 'field_missing', 'field_missing', 'delivery_method_invalid'],
    [['delivery', 'city'], 'text', 'city_missing', 'city_missing', 'city_invalid'],
    [['delivery', 'address'], 'text', 'branch_missing', 'branch_missing', 'branch_invalid'],
    [['items'], 'list', 'items_missing', 'items_missing', 'field_invalid'],
    [['items', 0], 'object', 'optional', 'field_missing', 'field_invalid'],
    [['items', 0, 'product_id'], 'text or number', 'field_missing', 'field_invalid', 'field_invalid'],
    [['items', 0, 'sku'], 'text', 'sku_missing', 'sku_missing', 'field_invalid'],
    [['items', 0, 'price'], 'number', 'price_invalid', 'price_invalid', 'price_invalid'],
    [['items', 0, 'quantity'], 'number', 'quantity_invalid', 'quantity_invalid', 'quantity_invalid'],
    [['payment_method'], 'text', 'field_missing', 'field_missing', 'payment_method_invalid'],
    [['status'], 'text', 'optional', 'field_invalid', 'field_invalid'],
  ];

  test('the rows below are all the fields that an order has', () => {
    const node = z.looseObject({
      properties: z.record(z.string(), z.unknown()).optional(),
      items: z.unknown().optional(),
    });
    const pathsIn = (schema: unknown, path: Path = []): string[] => {
      const { properties = {}, items } = node.parse(schema);
      const own = path.length === 0 ? [] : [pointerTo(path)];
      const named = Object.entries(properties).flatMap(([name, inner]) => pathsIn(inner, [...path, name]));
      return [...own, ...named, ...(items === undefined ? [] : pathsIn(items, [...path, 0]))];
    };
    const schema = z.toJSONSchema(orderSchema, { io: 'input', unrepresentable: 'any' });
    // An e-mail address that is none costs no order: it is left out, and named in the answer.
    const refused = pathsIn(schema).filter((pointer) => pointer !== '#/customer/email');
    expect(FIELDS.map(([path]) => pointerTo(path))).toEqual(refused);
  });

  const cases = FIELDS.flatMap(([path, kind, missing, empty, invalid]) => {
    const codeOf = (what: string) =>
      WRONG_TYPE.includes(what) ? 'field_invalid' : EMPTY.includes(what) ? empty : invalid;
    const bad = Object.entries(BAD[kind]).map(([what, value]) => ({ what, value, code: codeOf(what) }));
    const absent = missing === 'optional' ? [] : [{ what: 'missing', value: undefined, code: missing }];
    return [...absent, ...bad].map((one) => ({ ...one, path, at: pointerTo(path) }));
  });

  test.each(cases)('$at: $what → $code', async ({ path, value, at, code }) => {
    expect(no(await relay.post(orderWith(path, value)))).toEqual([400, `${code} ${at}`]);
  });

  test.each(Object.entries({ ...BAD.text, 'no address': 'olena at example' }))(
    '#/customer/email: %s → the order is accepted, and what was left out is named',
    async (what, value) => {
      const order = orderWith(['customer', 'email'], value);
      const { statusCode, body } = await relay.post({
        ...order,
        external_id: `mail-${what.replaceAll(' ', '-')}`,
      });
      expect(statusCode).toBe(202);
      const { omitted = [] } = postedSchema.parse(body);
      // Nothing was said where there was nothing.
      const isNothing = value === null || EMPTY.includes(what);
      expect(omitted.map(({ pointer }) => pointer)).toEqual(isNothing ? [] : ['#/customer/email']);
      expect(JSON.stringify(body)).not.toContain('olena');
    },
  );

  test('of an order without anything, each field is explained', async () => {
    const [status, ...said] = no(await relay.post({ customer: {}, delivery: {}, items: [{}] }));
    expect(status).toBe(400);
    expect(said.sort()).toEqual([
      'branch_missing #/delivery/address',
      'city_missing #/delivery/city',
      'field_missing #/source #/delivery/method #/items/0/product_id #/payment_method',
      'name_missing #/customer/name',
      'number_invalid #/external_id',
      'phone_missing #/customer/phone',
      'price_invalid #/items/0/price',
      'quantity_invalid #/items/0/quantity',
      'sku_missing #/items/0/sku',
    ]);
  });

  const json = JSON.stringify(sampleOrder('edge-1'));
  test.each<[what: string, expected: string, body: object | string]>([
    ['a phone that is none', 'phone_invalid #/customer/phone', orderWith(['customer', 'phone'], '067 123')],
    ['an id that cannot be asked for', 'number_invalid #/external_id', orderWith(['external_id'], '..')],
    ['an id with a space', 'number_invalid #/external_id', orderWith(['external_id'], '10 42')],
    ['a quantity of 0', 'quantity_invalid #/items/0/quantity', orderWith(['items', 0, 'quantity'], 0)],
    ['half a piece', 'field_invalid #/items/0/quantity', orderWith(['items', 0, 'quantity'], 0.5)],
    ['a price of 3 decimals', 'price_invalid #/items/0/price', orderWith(['items', 0, 'price'], 1.005)],
    ['a status of another system', 'field_invalid #/status', orderWith(['status'], 'SHIPPED')],
    ['a misspelt field', 'field_unknown #/delivery', orderWith(['delivery', 'adress'], 'x')],
    ['a field of our own besides', 'field_unknown', orderWith(['note'], 'x')],
    ['a field twice', 'field_twice #/customer/phone', json.replace('"phone":', '"phone":"1","phone":')],
    ['no JSON', 'not_an_order', 'external_id=1'],
    ['half of it', 'not_an_order', json.slice(0, 99)],
    ['nothing', 'not_an_order', ''],
    ['a list', 'not_an_order', '[]'],
    ['null', 'not_an_order', 'null'],
    ['a text', 'not_an_order', '"order"'],
  ])('%s → %s', async (_what, expected, body) => {
    expect(no(await relay.post(body))).toEqual([400, expected]);
  });

  test('lists without end → not_an_order', async () => {
    const body = json.replace('"mono"', `${'['.repeat(99)}${']'.repeat(99)}`);
    expect(no(await relay.post(body))).toContain('not_an_order #/payment_method');
  });

  /** An event that `relay.post` cannot make. */
  async function accept(event: APIGatewayProxyEventV2): Promise<Answer> {
    const { handler } = await import('../functions/accept-order.ts');
    const call = invokeHandler<APIGatewayProxyEventV2>((one, context) => handler(one, context));
    const ended = await call(event);
    if (ended.outcome === 'failed') throw new Error(ended.error);
    const { statusCode, body } = z
      .object({ statusCode: z.number(), body: z.string() })
      .parse(JSON.parse(ended.payload));
    return { statusCode, headers: {}, body: JSON.parse(body) };
  }
  const posted = apiEvent('POST', '/orders', json);
  const latin1 = Buffer.from(json.replace('1042', '\u00e9'), 'latin1').toString('base64');
  // What no type allows, so that nobody has thought of it.
  const withoutHeaders = z.custom<APIGatewayProxyEventV2>(() => true).parse({ ...posted, headers: null });

  type No = [what: string, expected: [status: number, code: ReasonCode], ask: () => Promise<Answer>];
  /** Every "no" that the API has a name for, how it is had, and what is said of it. */
  const NOS: Record<Exclude<ProblemCode, 'temporarily_unavailable'>, readonly No[]> = {
    invalid_order: [
      ['no UTF-8', [400, 'not_an_order'], () => accept({ ...posted, body: latin1, isBase64Encoded: true })],
    ],
    invalid_query: [
      ['to wait too long', [400, 'wait_invalid'], () => relay.post(json, {}, { wait: '21' })],
      ['to wait for what is no number', [400, 'wait_invalid'], () => relay.post(json, {}, { wait: 'soon' })],
    ],
    invalid_status: [
      [
        'a status that there is not',
        [400, 'status_invalid'],
        () => relay.putStatus('edge-taken', { status: 'SHIPPED' }),
      ],
      [
        'a status in small letters',
        [400, 'status_invalid'],
        () => relay.putStatus('edge-taken', { status: 'paid' }),
      ],
      ['no status', [400, 'status_invalid'], () => relay.putStatus('edge-taken', {})],
      [
        'more than a status',
        [400, 'status_invalid'],
        () => relay.putStatus('edge-taken', { status: 'PAID', note: 'x' }),
      ],
      ['half of a status', [400, 'status_invalid'], () => relay.putStatus('edge-taken', '{"status":')],
    ],
    unauthorized: [
      ['no token', [401, 'token_refused'], () => relay.post(json, { authorization: '' })],
      ['no token, to ask', [401, 'token_refused'], () => relay.get('edge-1', { authorization: 'Bearer x' })],
      ['no signature', [401, 'signature_refused'], () => relay.post(json, SIGNER)],
    ],
    order_not_found: [
      ['an order that is not there', [404, 'order_not_found'], () => relay.get('edge-none')],
      ['what is no id', [404, 'order_not_found'], () => relay.get('Замовлення')],
      [
        'the status of an order that is not there',
        [404, 'order_not_found'],
        () => relay.putStatus('edge-none', { status: 'PAID' }),
      ],
      [
        "the status of another caller's order",
        [404, 'order_not_found'],
        () => relay.putStatus('edge-taken', { status: 'PAID' }, OTHER),
      ],
    ],
    external_id_taken: [
      ["another caller's id", [409, 'number_taken'], () => relay.post(sampleOrder('edge-taken'), OTHER)],
      [
        "another order's id",
        [409, 'number_taken'],
        () => relay.post(sampleOrder('edge-taken', { payment_method: 'cash' })),
      ],
    ],
    body_too_large: [['too many bytes', [413, 'body_too_large'], () => relay.post(' '.repeat(65_537))]],
    unsupported_media_type: [
      [
        'a form',
        [415, 'wrong_content_type'],
        () => relay.post('a=1', { 'content-type': 'application/x-www-form-urlencoded' }),
      ],
    ],
    internal_error: [['a slip of ours', [500, 'internal_error'], () => accept(withoutHeaders)]],
  };

  test.each(Object.values(NOS).flat())('%s → %j', async (_what, expected, ask) => {
    await relay.post(sampleOrder('edge-taken'));
    expect(no(await ask())).toEqual(expected);
  });
});

/** How an order fares, as its submitter is told. */
const view = async (id: string): Promise<OrderView> => {
  const { statusCode, body } = await relay.get(id);
  expect(statusCode).toBe(200);
  return orderViewSchema.parse(body);
};

/** Posts orders, and tells of each what is said when it has been attempted: the codes, or that there is no error. */
async function attempted(ids: readonly string[]): Promise<Record<string, string>> {
  const said: Record<string, string> = {};
  await Promise.all(
    ids.map(async (id) => {
      const { statusCode } = await relay.post(sampleOrder(id));
      expect(statusCode).toBe(202);
    }),
  );
  for (const id of ids) {
    said[id] = await until(
      async () => {
        const { history, error } = await view(id);
        // Of one that has only just been sent again, the error is still that of the last start.
        if (['accepted', 'restarted', 'syncing'].includes(history.at(-1)?.step ?? '')) return undefined;
        return error === null ? 'no error' : codesOf(error.explanations).join('; ');
      },
      { everyMs: 50, deadlineMs: 10_000 },
    );
  }
  return said;
}

describe('from the CRM', () => {
  type Said = ReasonCode | `${ReasonCode} #/${string}` | 'no error';
  /** What a creation can meet, and what a look-up. A fault more does not compile without. */
  type Begun = Exclude<CallKind, 'status' | 'payment'>;
  const FAULT_CODES: Record<FaultName, Record<Begun, Said>> = {
    status: { create: 'in_doubt', search: 'crm_unreachable' },
    rate_limit: { create: 'crm_busy', search: 'crm_busy' },
    unauthorized: { create: 'key_refused', search: 'key_refused' },
    validation: { create: 'phone_invalid #/customer/phone', search: 'crm_misconfigured' },
    timeout: { create: 'in_doubt', search: 'crm_unreachable' },
    reset: { create: 'in_doubt', search: 'crm_unreachable' },
    lost_response: { create: 'in_doubt', search: 'crm_unreachable' },
    late_commit: { create: 'in_doubt', search: 'crm_unreachable' },
    stalled_body: { create: 'in_doubt', search: 'crm_unreachable' },
    redirect: { create: 'crm_misconfigured', search: 'crm_misconfigured' },
    html_ok: { create: 'in_doubt', search: 'crm_unreachable' },
    error_ok: { create: 'in_doubt', search: 'crm_unreachable' },
    no_id: { create: 'in_doubt', search: 'no error' },
    wrong_id: { create: 'in_doubt', search: 'no error' },
    huge_body: { create: 'in_doubt', search: 'crm_unreachable' },
    slow: { create: 'no error', search: 'no error' },
    bad_gateway: { create: 'in_doubt', search: 'crm_unreachable' },
    empty_ok: { create: 'in_doubt', search: 'crm_unreachable' },
  };
  const SETTINGS: Partial<Record<FaultName, Partial<FaultInput>>> = { slow: { latency_ms: 50 } };

  /** Refusals by field: what is said of one that is not right, and of one that the CRM misses. */
  const COMPLAINTS: Record<string, [invalid: string, missing: string]> = {
    external_id: ['number_invalid #/external_id', 'number_invalid #/external_id'],
    source: ['field_invalid #/source', 'field_missing #/source'],
    customer: ['field_invalid #/customer', 'field_missing #/customer'],
    'customer.name': ['name_invalid #/customer/name', 'name_missing #/customer/name'],
    'customer.phone': ['phone_invalid #/customer/phone', 'phone_missing #/customer/phone'],
    'customer.email': ['email_invalid #/customer/email', 'email_invalid #/customer/email'],
    delivery: ['field_invalid #/delivery', 'field_missing #/delivery'],
    'delivery.method': ['delivery_method_invalid #/delivery/method', 'field_missing #/delivery/method'],
    'delivery.city': ['city_invalid #/delivery/city', 'city_missing #/delivery/city'],
    'delivery.address': ['branch_invalid #/delivery/address', 'branch_missing #/delivery/address'],
    items: ['field_invalid #/items', 'items_missing #/items'],
    'items.0': ['field_invalid #/items/0', 'items_missing #/items/0'],
    'items.0.product_id': ['sku_unknown #/items/0/product_id', 'field_missing #/items/0/product_id'],
    'items.0.sku': ['sku_unknown #/items/0/sku', 'sku_missing #/items/0/sku'],
    'items.0.price': ['price_invalid #/items/0/price', 'price_invalid #/items/0/price'],
    'items.0.quantity': ['quantity_invalid #/items/0/quantity', 'quantity_invalid #/items/0/quantity'],
    payment_method: ['payment_method_invalid #/payment_method', 'field_missing #/payment_method'],
    status: ['field_invalid #/status', 'field_missing #/status'],
  };

  /** Other answers to a creation, by their order. */
  const ANSWERS: Record<string, [fault: FaultInput, expected: ReasonCode]> = {
    words: [{ fault: 'validation', message: 'Щось пішло не так' }, 'refused_unknown'],
    'other-words': [{ fault: 'validation', errors: { abracadabra: ['?'] }, status: 400 }, 'refused_unknown'],
    'seed-phone': [{ fault: 'validation', message: 'Invalid phone format' }, 'phone_invalid'],
    'seed-sku': [{ fault: 'validation', message: 'missing SKU' }, 'sku_unknown'],
    duplicate: [{ fault: 'validation', message: 'Замовлення вже існує' }, 'duplicate_in_crm'],
    'status-401': [{ fault: 'status', status: 401 }, 'key_refused'],
    'status-403': [{ fault: 'status', status: 403 }, 'key_refused'],
    'status-404': [{ fault: 'status', status: 404 }, 'crm_misconfigured'],
    'status-408': [{ fault: 'status', status: 408 }, 'in_doubt'],
    'status-409': [{ fault: 'status', status: 409 }, 'refused_unknown'],
    'status-410': [{ fault: 'status', status: 410 }, 'crm_misconfigured'],
    'status-503': [{ fault: 'status', status: 503 }, 'in_doubt'],
  };

  /** Plays each fault to an order of its own, and says what was made of all of them. */
  async function played(faults: Record<string, FaultInput>): Promise<Record<string, string>> {
    for (const [id, fault] of Object.entries(faults)) {
      relay.stack.sandbox.setFault({ ...fault, external_id: id });
    }
    return attempted(Object.keys(faults));
  }
  // A rate limit is everybody's, so it has to be alone.
  const alone = FAULTS.filter((fault) => fault === 'rate_limit');
  const together = FAULTS.filter((fault) => fault !== 'rate_limit');
  const faultsOf = (on: Begun, faults: readonly FaultName[]) =>
    Object.fromEntries(faults.map((fault) => [`${on}-${fault}`, { fault, on, ...SETTINGS[fault] }]));
  const codesFor = (on: Begun, faults: readonly FaultName[]) =>
    Object.fromEntries(faults.map((fault) => [`${on}-${fault}`, FAULT_CODES[fault][on]]));

  test('every fault of a creation is explained', async () => {
    expect(await played(faultsOf('create', together))).toEqual(codesFor('create', together));
    expect(await played(faultsOf('create', alone))).toEqual(codesFor('create', alone));
  });

  test('every fault of a look-up is explained', async () => {
    // Refused at first, because what is sent again after that is looked up.
    const refused = FAULTS.map((fault) => [`search-${fault}`, { fault: 'validation' as const }]);
    await played(Object.fromEntries(refused));
    expect(await played(faultsOf('search', together))).toEqual(codesFor('search', together));
    expect(await played(faultsOf('search', alone))).toEqual(codesFor('search', alone));
  });

  test('every complaint about a field is explained, with the field', async () => {
    const faults: Record<string, FaultInput> = {};
    const expected: Record<string, string> = {};
    for (const [field, [invalid, missing]] of Object.entries(COMPLAINTS)) {
      faults[`invalid-${field}`] = { fault: 'validation', errors: { [field]: ['is invalid'] } };
      faults[`missing-${field}`] = { fault: 'validation', errors: { [field]: ['is required'] } };
      expected[`invalid-${field}`] = invalid;
      expected[`missing-${field}`] = missing;
    }
    expect(await played(faults)).toEqual(expected);
  });

  test('every other answer is explained, or is said to be in words that nobody knows', async () => {
    const faults = Object.fromEntries(Object.entries(ANSWERS).map(([id, [fault]]) => [id, fault]));
    const codes = Object.fromEntries(Object.entries(ANSWERS).map(([id, [, code]]) => [id, code]));
    expect(await played(faults)).toEqual(codes);
  });

  test('a SKU that it does not have is explained', async () => {
    const [item] = sampleOrder('x').items;
    await relay.post(sampleOrder('unknown-sku', { items: [item, { ...item, sku: 'UNKNOWN-1' }] }));
    await until(async () => (await view('unknown-sku')).state === 'rejected');
    expect(codesOf((await view('unknown-sku')).error?.explanations)).toEqual(['sku_unknown #/items/1/sku']);
  });

  test('what came by the queue and is no order is explained', async () => {
    await relay.inject({ external_id: 'poison', customer: { name: PERSONAL.name, phone: '12' } });
    await until(async () => (await view('poison')).state === 'rejected');
    expect(codesOf((await view('poison')).error?.explanations)).toEqual([
      'phone_invalid #/customer/phone',
      'items_missing #/items',
      'field_missing #/source #/delivery #/payment_method',
    ]);
  });
});

describe('last of all', () => {
  test('a CRM that is not there is explained', async () => {
    await relay.stack.sandbox.stop();
    expect(await attempted(['gone'])).toEqual({ gone: 'crm_unreachable' });
  });

  test('and that AWS is not there: an order is not accepted, and one cannot be asked for', async () => {
    await relay.stopFeeding();
    await relay.stack.stop();
    expect(no(await relay.post(sampleOrder('lost')))).toEqual([503, 'not_accepted']);
    expect(no(await relay.get('lost'))).toEqual([503, 'internal_error']);
  });
});
