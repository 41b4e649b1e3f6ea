import fc from 'fast-check';
import { Webhook } from 'standardwebhooks';
import { TELL_TALE_SIGNING_SECRET, TELL_TALES, tellTaleOrder } from './tell-tales.ts';

/** One request, and what is known of it. */
export interface FuzzRequest {
  body: string | undefined;
  isBase64Encoded: boolean;
  headers: Record<string, string>;
  /** Its token is somebody's, and its signature, where one is needed, is right. */
  mayPost: boolean;
  /** An order as it should be, under an id that nobody else uses: it must be accepted. */
  isGood: boolean;
}

/** Callers of the fuzzer, as the intake secret has them. */
export const FUZZ_TOKENS = JSON.stringify({
  shop: TELL_TALES.token,
  other: ['tok-telltale-2', 'tok-telltale-3'],
  erp: { tokens: TELL_TALES.signingToken, signing_secrets: TELL_TALE_SIGNING_SECRET },
});

const { phone, email, name, address } = TELL_TALES;
/** Not as a name: what looks like one of a field is told back. */
const personal = fc.constantFrom(phone, email, name, address, '+380671112233', '(067) 111-22-33');

/** A value that may stand anywhere in JSON, as text: also what `JSON.stringify` never writes. */
const jsonText: fc.Arbitrary<string> = fc.oneof(
  fc.json({ maxDepth: 3 }),
  personal.map((value) => JSON.stringify(value)),
  fc.string({ unit: 'binary', maxLength: 60 }).map((value) => JSON.stringify(value)),
  fc.string({ unit: 'grapheme', maxLength: 400 }).map((value) => JSON.stringify(value)),
  fc.constantFrom(
    '1e400',
    '-1e400',
    '-0',
    '1E-400',
    '9007199254740993',
    '0.1234567890123456789',
    '123456789012345678901234567890',
    String.raw`"\ud800"`,
    String.raw`"\udc00\ud800"`,
    String.raw`"\u0000"`,
    String.raw`"\uffff\ufffe"`,
    '"\u202e\u2066"',
    '""',
    '[]',
    '{}',
    'null',
    '{"__proto__":{"polluted":true}}',
    '{"constructor":{"prototype":{"polluted":true}}}',
    '{"toString":1,"valueOf":2}',
  ),
  fc.integer({ min: 1, max: 2000 }).map((depth) => '['.repeat(depth) + ']'.repeat(depth)),
  fc.integer({ min: 1, max: 2000 }).map((depth) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`),
  fc.integer({ min: 1, max: 70_000 }).map((length) => JSON.stringify('ї'.repeat(length))),
);

const key = fc.oneof(
  personal,
  fc.constantFrom(
    'adress',
    '__proto__',
    'constructor',
    'status',
    'external_id',
    'phone',
    '',
    'a/b~c',
    '\ud800',
  ),
  fc.string({ unit: 'binary', maxLength: 20 }),
);

type Mutation = (json: string) => string;

/** Where a mutation takes hold: after an opening brace, or in place of a value, of the order's JSON. */
const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  fc.tuple(fc.nat(), key, jsonText).map(([at, name, value]) => (json: string) => {
    const brace = nth(json, /\{/g, at);
    return brace < 0
      ? json
      : `${json.slice(0, brace + 1)}${JSON.stringify(name)}:${value},${json.slice(brace + 1)}`;
  }),
  fc.tuple(fc.nat(), jsonText).map(([at, value]) => (json: string) => {
    const colon = nth(json, /:(?="|\d)/g, at);
    const rest = json.slice(colon + 1).replace(/^(?:"(?:[^"\\]|\\.)*"|[\d.]+)/, () => value);
    return colon < 0 ? json : json.slice(0, colon + 1) + rest;
  }),
  fc.nat().map((at) => (json: string) => json.slice(0, at % (json.length + 1))),
  fc.tuple(fc.nat(), fc.string({ unit: 'binary', maxLength: 5 })).map(([at, junk]) => (json: string) => {
    const where = at % (json.length + 1);
    return json.slice(0, where) + junk + json.slice(where);
  }),
  fc.constant((json: string) => `\uFEFF${json}`),
  fc.constant((json: string) => JSON.stringify(JSON.parse(json), null, '\t')),
);

function nth(text: string, pattern: RegExp, n: number): number {
  const hits = [...text.matchAll(pattern)];
  return hits[n % Math.max(1, hits.length)]?.index ?? -1;
}

const order = fc
  .record({
    source: fc.constantFrom('telegram', 'instagram', '  site '),
    payment_method: fc.constantFrom('mono', 'cash'),
    status: fc.constantFrom('NEW', 'PAID'),
    items: fc.array(
      fc.record({
        product_id: fc.oneof(fc.nat(), fc.constantFrom('123', 'X-1')),
        sku: fc.string({ unit: fc.constantFrom(...'ABC-123'), minLength: 1, maxLength: 20 }),
        price: fc.integer({ min: 0, max: 10_000_00 }).map((kopiykas) => kopiykas / 100),
        quantity: fc.integer({ min: 1, max: 20 }),
      }),
      { minLength: 1, maxLength: 4 },
    ),
  })
  .map((changes) => (id: string) => JSON.stringify(tellTaleOrder(id, changes)));

/** Bytes, and what came of the order that they were: undefined where they never were one. */
const content = fc.oneof(
  { weight: 4, arbitrary: fc.record({ order, mutations: fc.constant<Mutation[]>([]) }) },
  {
    weight: 8,
    arbitrary: fc.record({ order, mutations: fc.array(mutation, { minLength: 1, maxLength: 3 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      junk: fc.oneof(
        fc.string({ unit: 'binary', maxLength: 300 }).map((text) => Buffer.from(text)),
        fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
        jsonText.map((text) => Buffer.from(text)),
        fc.integer({ min: 65_000, max: 200_000 }).map((length) => Buffer.alloc(length, '{"a":')),
      ),
    }),
  },
);

const caller = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom(TELL_TALES.token, 'tok-telltale-2', 'tok-telltale-3') },
  { weight: 3, arbitrary: fc.constant(TELL_TALES.signingToken) },
  { weight: 1, arbitrary: fc.constantFrom(TELL_TALES.wrongToken, undefined) },
);
/** As HTTP has it: no control characters, as API Gateway lets none through. */
const headerText = fc.string({ unit: 'grapheme', maxLength: 60 }).map((text) => text.replace(/\p{C}/gu, ''));
const oddHeaders = fc.dictionary(
  fc.constantFrom(
    'authorization',
    'content-type',
    'traceparent',
    'webhook-id',
    'webhook-timestamp',
    'webhook-signature',
    'content-encoding',
    'x-forwarded-for',
    '__proto__',
  ),
  fc.oneof(
    headerText,
    personal,
    fc.constantFrom('Bearer', `Basic ${TELL_TALES.token}`, `Bearer ${TELL_TALES.token},Bearer x`),
    fc.constantFrom('application/json; charset=utf-16', 'text/plain', 'application/vnd.x+json', 'v1,', '1e9'),
  ),
);

/** In one of eight. */
const sometimes = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.oneof({ weight: 7, arbitrary: fc.constant(undefined) }, arbitrary);

/** Requests by the thousand; `nextId` makes an id that no other request has. */
export const fuzzRequest = (nextId: () => string): fc.Arbitrary<FuzzRequest> =>
  fc
    .record({
      content,
      caller,
      encoding: fc.oneof(
        { weight: 8, arbitrary: fc.constant('plain') },
        { weight: 3, arbitrary: fc.constant('base64') },
        fc.constant('wrong'),
      ),
      sharedId: sometimes(fc.constantFrom('shared-1', 'shared-2', 'shared-3')),
      odd: sometimes(oddHeaders),
      signs: fc.constantFrom(true, true, true, false),
    })
    .map(({ content, caller, encoding, sharedId, odd, signs }) => {
      const bytes =
        'junk' in content
          ? content.junk
          : Buffer.from(content.mutations.reduce(applied, content.order(sharedId ?? nextId())));
      const isErp = caller === TELL_TALES.signingToken;
      const isKnown = caller !== undefined && caller !== TELL_TALES.wrongToken;
      const isUntouched = 'order' in content && content.mutations.length === 0;
      return {
        body: encoding === 'base64' ? bytes.toString('base64') : bytes.toString('utf8'),
        // `wrong`: what is no base64 is said to be.
        isBase64Encoded: encoding !== 'plain',
        headers: {
          'content-type': 'application/json',
          ...(caller === undefined ? {} : { authorization: `Bearer ${caller}` }),
          ...(isErp && signs ? signature(bytes) : {}),
          ...odd,
        },
        mayPost: odd !== undefined || (isKnown && (!isErp || signs)),
        isGood:
          isUntouched &&
          encoding !== 'wrong' &&
          sharedId === undefined &&
          odd === undefined &&
          isKnown &&
          (!isErp || signs),
      };
    });

/** A mutation that needs JSON leaves alone what is none any more. */
function applied(json: string, mutate: (json: string) => string): string {
  try {
    return mutate(json);
  } catch {
    return json;
  }
}

function signature(bytes: Buffer): Record<string, string> {
  const at = new Date();
  return {
    'webhook-id': 'msg_fuzz',
    'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
    'webhook-signature': new Webhook(TELL_TALE_SIGNING_SECRET).sign('msg_fuzz', at, bytes),
  };
}
