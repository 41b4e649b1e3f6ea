import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { WrongUsage } from '../../../bin/orders/failure.ts';
import { previewOf, spokenIn } from '../../../bin/orders/preview.ts';
import { PERSONAL, sampleOrder } from '../../kit/orders.ts';

const customer = (changes: object) =>
  JSON.stringify(sampleOrder('preview-1', { customer: { ...sampleOrder('').customer, ...changes } }));

test('shows what changes on the way in, what is filled in, and what Sitniks would get', () => {
  const { status: _, ...order } = sampleOrder('preview-1', {
    customer: { name: ' Оле\u200bна  Коваленко', phone: '8 (067) 123-45-67', email: PERSONAL.email },
  });
  const { text } = previewOf(JSON.stringify(order));
  expect(text).toContain(String.raw`#/customer/name  " Оле\u{200b}на  Коваленко" → "Олена Коваленко"`);
  expect(text).toContain('#/customer/phone  "8 (067) 123-45-67" → "+380671234567"');
  expect(text).toContain('#/status  nothing → "NEW"');
  expect(text).toContain('In all 1200 UAH. Sitniks would get:');
  expect(text).toContain('"status": "Нові заявки"');
});

test.each([
  ['a form of Unicode', { name: 'Наталія Бойко'.normalize('NFD') }, '#/customer/name'],
  ['an apostrophe is kept as it is', { name: 'Дар’я', phone: PERSONAL.phone }, undefined],
  ['a mark of direction', { name: 'Олена', phone: '\u202d+380671234567\u202c' }, '#/customer/phone'],
  ['a no-break space', { name: 'Олена\u00a0Коваленко', phone: PERSONAL.phone }, '#/customer/name'],
  [
    'an e-mail with spaces around it',
    { phone: PERSONAL.phone, email: ' o@example.com ' },
    '#/customer/email',
  ],
])('names the field of what it would change: %s', (_what, changes, pointer) => {
  const { document } = previewOf(customer({ phone: PERSONAL.phone, ...changes }));
  const told = document.ok ? document.changes : undefined;
  expect(told?.map((change) => change.pointer)).toEqual(pointer === undefined ? [] : [pointer]);
});

test('says what would be left out, and does not call it changed', () => {
  const { text, document } = previewOf(customer({ phone: PERSONAL.phone, email: 'none' }));
  expect(document.ok).toBe(true);
  expect(text).toContain('#/customer/email  customer.email is not an e-mail address');
  expect(text).not.toContain('Changed on the way in');
});

test.each([
  ['a field that is none', JSON.stringify({ ...sampleOrder('preview-1'), adress: 'x' }), '#/adress'],
  ['a phone that is none', customer({ phone: '12' }), '#/customer/phone'],
  ['what is no JSON', '{', '#'],
  ['a field that comes twice', '{"external_id":"1","external_id":"2"}', '#/external_id'],
  ['a name that nobody can see', customer({ name: '\u3164' }), '#/customer/name'],
])('says why it would be refused, field by field: %s', (_what, body, pointer) => {
  const { text, document } = previewOf(body);
  expect(document.ok).toBe(false);
  expect(text).toContain(`It would be refused (400):`);
  expect(text).toContain(`  ${pointer}  `);
});

describe('with the live API', () => {
  const spoken = (SITNIKS_OPEN_API?: string) => spokenIn({ SITNIKS_DIALECT: 'open-api', SITNIKS_OPEN_API });
  const body = JSON.stringify(sampleOrder('preview-1', { status: 'PAID' }));

  test('shows its body, and in words what it would be asked for first', () => {
    const { document, text } = previewOf(body, spoken('{"salesChannelId":7,"statuses":{"PAID":"Сплачено"}}'));
    expect(document).toMatchObject({
      ok: true,
      payload: {
        externalId: 'preview-1',
        client: { fullname: PERSONAL.name, phone: PERSONAL.phone },
        statusId: 'the id of «Сплачено»',
        salesChannelId: 7,
        products: [{ productVariationId: 'the id of DRESS-RED-116', title: 'DRESS-RED-116', price: 1200 }],
      },
    });
    expect(text).toContain('"fullname"');
  });

  test.each([
    ['its lines, as they are called', '{"lines":"offers"}', 'offers'],
    ['the parcel', '{"novaPoshtaId":51}', 'npDelivery'],
    ['the parcel, as it is called', '{"novaPoshtaId":51,"delivery":"delivery"}', 'delivery'],
  ])('shows %s', (_what, settings, name) => {
    const { document } = previewOf(body, spoken(settings));
    expect(document.ok && document.payload).toHaveProperty(name);
  });

  test('asks for settings that the functions would take', () => {
    expect(spoken()).toMatchObject({ unknownSku: 'refuse' });
    for (const settings of ['{', '{"salesChannel":7}', '[]'])
      expect(() => spoken(settings)).toThrow(WrongUsage);
    expect(() => spokenIn({ SITNIKS_DIALECT: 'openapi' })).toThrow(WrongUsage);
    expect(spokenIn({})).toBe('orders');
    expect(spokenIn({ SITNIKS_DIALECT: 'orders', SITNIKS_OPEN_API: '{' })).toBe('orders');
  });

  test('is what the command shows', () => {
    const { status, stdout } = spawnSync(process.execPath, ['bin/orders.ts', 'preview', '-', '--json'], {
      input: body,
      encoding: 'utf8',
      env: { ...process.env, SITNIKS_DIALECT: 'open-api' },
    });
    expect({ status, payload: JSON.parse(stdout).payload }).toMatchObject({
      status: 0,
      payload: { externalId: 'preview-1', statusId: 'the id of «ОПЛАЧЕНО»' },
    });
  });
});

test('is a command that asks nobody: no stack is needed', () => {
  const run = (input: string) =>
    spawnSync(process.execPath, ['bin/orders.ts', 'preview', '-', '--json'], {
      input,
      encoding: 'utf8',
      env: { ...process.env, SQS_PORT: '1', DYNAMODB_PORT: '1', SECRETS_PORT: '1', SANDBOX_PORT: '1' },
    });
  const good = run(JSON.stringify(sampleOrder('preview-1')));
  expect({ status: good.status, ok: JSON.parse(good.stdout).ok }).toEqual({ status: 0, ok: true });
  const bad = run('{');
  expect({ status: bad.status, ok: JSON.parse(bad.stdout).ok }).toEqual({ status: 1, ok: false });
});
