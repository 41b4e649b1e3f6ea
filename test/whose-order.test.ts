import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { sampleOrder } from './kit/orders.ts';
import { type Relay, startRelay } from './kit/relay.ts';

/** Whose an order is, where two lives meet under one number: end to end, through the exported handlers. */

const SITE = { authorization: 'Bearer site-token' };
const ANOTHERS = { customer: { name: 'Ігор', phone: '+380509998877' } };

let relay: Relay;
let runs = 0;
beforeAll(async () => {
  relay = await startRelay({
    tokens: JSON.stringify({ demo: 'local', site: 'site-token' }),
    visibilitySeconds: 3,
    // None of these laws is about time: a slow machine is no lost answer.
    settings: { CRM_TIMEOUT_MS: '3000' },
  });
});
afterAll(() => relay.stop());

const newId = () => {
  runs += 1;
  return `whose-${runs}`;
};

async function settled(): Promise<void> {
  relay.feed();
  await relay.drained();
}

/** The shop's site, or a manager, puts an order into the CRM by another way. */
async function putIntoCrm(order: object): Promise<void> {
  const { status: _, ...rest } = sampleOrder('', order);
  const response = await fetch(`${relay.stack.sandbox.url}/api/orders`, {
    method: 'POST',
    headers: { authorization: 'Bearer sandbox-key', 'content-type': 'application/json' },
    body: JSON.stringify({ ...rest, customer: ANOTHERS.customer, status: 'Нові заявки' }),
  });
  expect(response.status).toBe(201);
}

/** Reasons that were told of an order, the oldest first. */
const toldOf = (id: string) =>
  relay
    .outcomes()
    .filter(({ data }) => data.external_id === id)
    .map(({ type, data }) =>
      [type, ...(data.error?.explanations.map(({ reason }) => reason) ?? [])].join(' '),
    );

const stateOf = async (id: string, headers?: Record<string, string>) => {
  const { statusCode, body } = await relay.get(id, headers);
  return statusCode === 200 ? JSON.stringify(body).match(/"state":"(\w+)"/)?.[1] : statusCode;
};

describe("what stands in the CRM under an order's number", () => {
  test("is another's where nothing of ours was ever sent: ours is not told as synced", async () => {
    const id = newId();
    relay.stack.sandbox.setFault({ fault: 'validation', external_id: id, times: 1 });
    await relay.post(sampleOrder(id));
    await settled();
    await putIntoCrm({ external_id: id });
    expect(await relay.post(sampleOrder(id))).toMatchObject({ statusCode: 202 });
    await settled();
    expect(await relay.get(id)).toMatchObject({
      body: {
        state: 'parked',
        crm_order_id: null,
        error: { explanations: [{ reason: 'duplicate_in_crm' }] },
      },
    });
    expect(toldOf(id)).toEqual(['order.rejected phone_invalid', 'order.parked duplicate_in_crm']);
  });

  test('is ours where the answer was lost, and what the CRM gives back agrees', async () => {
    const id = newId();
    relay.stack.sandbox.setFault({ fault: 'lost_response', external_id: id, times: 1 });
    await relay.post(sampleOrder(id));
    await settled();
    expect(await stateOf(id)).toBe('synced');
    expect(relay.inCrm(id)).toBe(1);
  });

  test("is another's where ours may have been sent, and what the CRM gives back contradicts", async () => {
    const id = newId();
    await putIntoCrm({ external_id: id });
    relay.stack.sandbox.setFault({ fault: 'timeout', external_id: id, times: 1 });
    await relay.post(sampleOrder(id));
    await settled();
    expect(await stateOf(id)).toBe('parked');
    expect(toldOf(id)).toEqual(['order.parked duplicate_in_crm']);
  });
});

describe('an order without a name', () => {
  test('becomes the order of whoever posts the very same, and is in the CRM once', async () => {
    const id = newId();
    await relay.inject(sampleOrder(id), '');
    await settled();
    expect(await stateOf(id)).toBe(404);
    expect(await relay.post(sampleOrder(id))).toMatchObject({
      statusCode: 202,
      body: { state: 'synced', duplicate: true },
    });
    expect(await stateOf(id)).toBe('synced');
    expect(relay.inCrm(id)).toBe(1);
  });

  test('becomes it also where the post comes before the nameless copy is consumed; its owner is told', async () => {
    const id = newId();
    await relay.stopFeeding();
    await relay.inject(sampleOrder(id), '');
    await relay.post(sampleOrder(id));
    await settled();
    expect(await stateOf(id)).toBe('synced');
    expect(relay.inCrm(id)).toBe(1);
    expect(toldOf(id)).toEqual(['order.synced']);
  });

  test('and with other content is a 409 that says so; refused, it can be corrected by anybody', async () => {
    const id = newId();
    await relay.inject(sampleOrder(id), '');
    await settled();
    expect(await relay.post(sampleOrder(id, { payment_method: 'cash' }))).toMatchObject({
      statusCode: 409,
      body: { detail: expect.stringContaining('no known caller'), state: 'synced' },
    });
    const refused = newId();
    await relay.inject(
      sampleOrder(refused, { items: [{ product_id: 1, sku: 'UNKNOWN', price: 1, quantity: 1 }] }),
      '',
    );
    await settled();
    expect(await relay.post(sampleOrder(refused), SITE)).toMatchObject({ statusCode: 202 });
    await settled();
    expect(await stateOf(refused, SITE)).toBe('synced');
  });
});

describe('two at once under one number', () => {
  test('of two callers: whatever got a 202 can be asked for by whoever got it, at once and at the end', async () => {
    for (let round = 1; round <= 3; round += 1) {
      const id = newId();
      await relay.stopFeeding();
      const answers = await Promise.all([
        relay.post(sampleOrder(id)),
        relay.post(sampleOrder(id, ANOTHERS), SITE),
      ]);
      const asked = answers.flatMap(({ statusCode }, i) =>
        statusCode === 202 ? [{ headers: i === 0 ? undefined : SITE }] : [],
      );
      for (const { headers } of asked) expect(await stateOf(id, headers)).toBe('accepted');
      await settled();
      const states = await Promise.all(asked.map(({ headers }) => stateOf(id, headers)));
      expect(states.toSorted()).toEqual(asked.length === 2 ? ['parked', 'synced'] : ['synced']);
      expect(relay.inCrm(id)).toBe(1);
    }
  });

  test("the loser's story is its own: number_taken, and nothing of the winner's", async () => {
    const id = newId();
    await relay.post(sampleOrder(id));
    await settled();
    await relay.inject(sampleOrder(id, ANOTHERS), 'site');
    await settled();
    expect(await relay.get(id, SITE)).toMatchObject({
      statusCode: 200,
      body: { state: 'parked', crm_order_id: null, error: { explanations: [{ reason: 'number_taken' }] } },
    });
    expect(await stateOf(id)).toBe('synced');
  });

  test('of two callers with ?wait, that say the very same: 200 only for the one whose it is', async () => {
    const id = newId();
    // Both are at the door before either is in the ledger.
    const answers = await Promise.all(
      [undefined, SITE].map((headers) => relay.post(sampleOrder(id), headers, { wait: '8' })),
    );
    await relay.drained();
    expect(relay.inCrm(id)).toBe(1);
    expect(answers.filter(({ statusCode }) => statusCode === 200)).toHaveLength(1);
    for (const { statusCode, body } of answers) {
      if (statusCode !== 200) expect(body).not.toHaveProperty('crm_order_id', expect.any(String));
    }
  });

  test('contents of one caller with ?wait: 200 only for the content that is in the CRM', async () => {
    const id = newId();
    const answers = await Promise.all(
      ['mono', 'cash'].map((payment_method) =>
        relay.post(sampleOrder(id, { payment_method }), undefined, { wait: '8' }),
      ),
    );
    await relay.drained();
    const [inCrm] = relay.stack.sandbox.orders().filter(({ body }) => body.external_id === id);
    expect(relay.inCrm(id)).toBe(1);
    answers.forEach(({ statusCode }, i) => {
      const isThere = inCrm?.body.payment_method === ['mono', 'cash'][i];
      if (isThere) expect(statusCode).toBe(200);
      else expect([202, 409]).toContain(statusCode);
    });
  });
});

describe('a CRM whose search takes capitals and small letters for the same', () => {
  /** Its order under the number in other letters, and whatever it does with pages. */
  async function besideAnother(pages: 'heeded' | 'ignored') {
    const id = `aB-${newId()}`;
    await putIntoCrm({ external_id: id.toUpperCase() });
    relay.stack.sandbox.setSearch({ case: 'ignored', pages });
    return id;
  }
  const searches = (id: string) =>
    relay.stack.sandbox.calls().filter(({ method, external_id }) => method === 'GET' && external_id === id)
      .length;
  afterEach(() => relay.stack.sandbox.setSearch({ case: 'heeded', pages: 'heeded' }));

  test.each(['heeded', 'ignored'] as const)(
    'after an attempt that left nothing there (pages %s): looked on, and created once',
    async (pages) => {
      const id = await besideAnother(pages);
      relay.stack.sandbox.setFault({ fault: 'reset', external_id: id, times: 1 });
      await relay.post(sampleOrder(id));
      await settled();
      expect(searches(id)).toBe(2);
      expect(toldOf(id)).toEqual(['order.synced']);
      expect(relay.inCrm(id)).toBe(1);
      expect(relay.inCrm(id.toUpperCase())).toBe(1);
    },
  );

  test.each(['heeded', 'ignored'] as const)(
    'after an attempt that did leave it there (pages %s): found, and not created again',
    async (pages) => {
      const id = await besideAnother(pages);
      relay.stack.sandbox.setFault({ fault: 'lost_response', external_id: id, times: 1 });
      await relay.post(sampleOrder(id));
      await settled();
      expect(toldOf(id)).toEqual(['order.synced']);
      expect(relay.inCrm(id)).toBe(1);
      const [ours] = relay.stack.sandbox.orders().filter(({ body }) => body.external_id === id);
      expect((await relay.get(id)).body).toMatchObject({ state: 'synced', crm_order_id: String(ours?.id) });
    },
  );

  test.each(['heeded', 'ignored'] as const)(
    'before any attempt can have left something there (pages %s): looked on, and created once',
    async (pages) => {
      const id = await besideAnother(pages);
      relay.stack.sandbox.setFault({ fault: 'validation', external_id: id, times: 1 });
      await relay.post(sampleOrder(id));
      await settled();
      expect(await relay.post(sampleOrder(id))).toMatchObject({ statusCode: 202 });
      await settled();
      expect(searches(id)).toBe(2);
      expect(toldOf(id)).toEqual(['order.rejected phone_invalid', 'order.synced']);
      expect(relay.inCrm(id)).toBe(1);
    },
  );

  test('and two orders that differ in nothing else are two', async () => {
    relay.stack.sandbox.setSearch({ case: 'ignored', pages: 'ignored' });
    const id = `aB-${newId()}`;
    for (const one of [id, id.toLowerCase(), id.toUpperCase()]) {
      relay.stack.sandbox.setFault({ fault: 'lost_response', external_id: one, times: 1 });
      await relay.post(sampleOrder(one));
    }
    await settled();
    for (const one of [id, id.toLowerCase(), id.toUpperCase()]) {
      expect(await stateOf(one)).toBe('synced');
      expect(relay.inCrm(one)).toBe(1);
    }
  });
});

describe("a caller's own correction", () => {
  /** Parked because of the key, with its letter in hand. */
  async function parked(id: string) {
    relay.stack.sandbox.setFault({ fault: 'unauthorized', external_id: id, times: 2 });
    await relay.post(sampleOrder(id));
    await settled();
    expect(await stateOf(id)).toBe('parked');
    relay.stack.sandbox.clearFaults();
    const [letter] = (await relay.takeDeadLetters()).filter(
      ({ attributes }) => attributes['external_id'] === id,
    );
    if (letter === undefined) throw new Error('There should be a letter');
    return letter;
  }
  const comeBack = ({ body, attributes }: Awaited<ReturnType<typeof parked>>) =>
    relay.stack.sqs.send(
      new SendMessageCommand({
        QueueUrl: relay.stack.resources.get('OrdersQueue')?.ref ?? '',
        MessageBody: body,
        MessageAttributes: Object.fromEntries(
          Object.entries(attributes).map(([name, value]) => [
            name,
            { DataType: 'String', StringValue: value },
          ]),
        ),
      }),
    );

  test('makes a copy of what it corrects silent, wherever that was on its way', async () => {
    const id = newId();
    const letter = await parked(id);
    await relay.post(sampleOrder(id, { payment_method: 'cash' }));
    await comeBack(letter);
    await settled();
    expect(toldOf(id)).toEqual(['order.parked key_refused', 'order.recovered']);
    expect(relay.inCrm(id)).toBe(1);
    expect(relay.stack.sandbox.orders().at(-1)?.body).toMatchObject({ payment_method: 'cash' });
  });

  test('that comes too late is told so, by a reason of its own', async () => {
    const id = newId();
    const letter = await parked(id);
    await comeBack(letter);
    await settled();
    // As a post that was accepted while the order was still parked.
    await comeBack({
      body: JSON.stringify(sampleOrder(id, { payment_method: 'cash' })),
      attributes: { submitted_by: 'demo', start: '2' },
    });
    await settled();
    expect(toldOf(id)).toEqual([
      'order.parked key_refused',
      'order.recovered',
      'order.parked correction_too_late',
    ]);
    expect(await stateOf(id)).toBe('synced');
  });

  test('a letter that SQS itself moves back begins the order anew, however early, and whatever the clocks say', async () => {
    const id = newId();
    const letter = await parked(id);
    expect(letter.attributes['start']).toBe('1');
    await comeBack(letter);
    await settled();
    expect(await stateOf(id)).toBe('synced');
  });
});

test('a number whose order was refused, and never in the CRM, is free to another caller; the former owner keeps its story', async () => {
  const id = newId();
  relay.stack.sandbox.setFault({ fault: 'validation', external_id: id, times: 1 });
  await relay.post(sampleOrder(id));
  await settled();
  await relay.stopFeeding();
  expect(await relay.post(sampleOrder(id, ANOTHERS), SITE)).toMatchObject({ statusCode: 202 });
  expect(await stateOf(id, SITE)).toBe('accepted');
  expect(await stateOf(id)).toBe('rejected');
  await settled();
  expect(await stateOf(id, SITE)).toBe('synced');
  expect(await stateOf(id)).toBe('rejected');
  // It is the other's now.
  expect(await relay.post(sampleOrder(id))).toMatchObject({ statusCode: 409 });
});
