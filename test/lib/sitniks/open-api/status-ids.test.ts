import { describe, expect, test } from 'vitest';
import { createCall } from '../../../../lib/sitniks/open-api/calls.ts';
import { openApiSettings } from '../../../../lib/sitniks/open-api/settings.ts';
import { readStatuses, sameTitle, statusIds } from '../../../../lib/sitniks/open-api/status-ids.ts';
import { type Answers, FREE, KEY, list, memoryAccount, STATUSES } from './memory-account.ts';

const CALLING = { apiKey: KEY, until: 60_000 };

function account(answers: Answers = {}, titles: object = {}) {
  const { fetch, asked } = memoryAccount(answers);
  const call = createCall({ baseUrl: 'https://crm.example', timeoutMs: 10_000, pace: FREE, fetch });
  const { statuses } = openApiSettings.parse({ statuses: titles });
  return { call, asked, ids: statusIds(call, statuses, 600_000) };
}
const SENT = { id: 15, title: 'Відправлено' };

test.each([
  ['NEW', '11'],
  ['PENDING_PAYMENT', '12'],
  ['PAID', '13'],
  ['PROCESSING', '14'],
] as const)('%s has the id of the status that is called so', async (status, id) => {
  expect(await account().ids.idOf(status, CALLING)).toEqual({ ok: true, id });
});

test('a status may be called otherwise', async () => {
  const { ids } = account(
    { 'GET orders/statuses': list([SENT, ...STATUSES]) },
    { PROCESSING: ' Відправлено' },
  );
  expect(await ids.idOf('PROCESSING', CALLING)).toEqual({ ok: true, id: '15' });
});

test('one that there is not is a fault of the settings, and all that there are, are named, not too long', async () => {
  const long = { id: 16, title: ` ${'ї'.repeat(61)} ` };
  const { ids } = account({ 'GET orders/statuses': list([SENT, long]) });
  expect(await ids.idOf('PAID', CALLING)).toEqual({
    ok: false,
    type: 'CONFIGURATION',
    message: `Sitniks has no status «ОПЛАЧЕНО», as PAID is called in the settings; it has «Відправлено», «${'ї'.repeat(60)}»`,
    mayHaveReachedCrm: false,
  });
});

describe('the statuses are read', () => {
  test('once, as far as all that are wanted', async () => {
    const { ids, asked } = account({
      'GET orders/statuses': [list([SENT]), list(STATUSES), list([{ id: 16, title: 'Архів' }])],
    });
    await Promise.all([ids.idOf('NEW', CALLING), ids.idOf('PAID', CALLING)]);
    expect(await ids.idOf('PROCESSING', CALLING)).toEqual({ ok: true, id: '14' });
    expect(asked()).toEqual(['GET orders/statuses?limit=100&skip=0', 'GET orders/statuses?limit=100&skip=1']);
  });

  test('to the end, where not all that are wanted are on one page', async () => {
    const { call, asked } = account({
      'GET orders/statuses': [list([SENT]), list(STATUSES.slice(0, 2)), list(STATUSES.slice(2)), list([])],
    });
    const read = await readStatuses(call, CALLING, ['ОПЛАЧЕНО', 'Нові заявки']);
    expect(read).toEqual({
      ok: true,
      rows: [SENT, ...STATUSES].map((row) => ({ ...row, id: String(row.id) })),
    });
    expect(asked()).toHaveLength(4);
  });

  test('all, where nobody says which', async () => {
    const { call } = account({ 'GET orders/statuses': [list(STATUSES), list([SENT]), list([])] });
    const read = await readStatuses(call, CALLING);
    expect(read.ok && read.rows.map(({ id }) => id)).toEqual(['11', '12', '13', '14', '15']);
  });

  test('again, after they were forgotten', async () => {
    const { ids } = account({
      'GET orders/statuses': [list(STATUSES), list([{ ...SENT, title: 'ОПЛАЧЕНО' }])],
    });
    expect(await ids.idOf('PAID', CALLING)).toEqual({ ok: true, id: '13' });
    ids.forget();
    expect(await ids.idOf('PAID', CALLING)).toEqual({ ok: true, id: '15' });
  });

  test('again, after a failure, which is told', async () => {
    const { ids } = account({ 'GET orders/statuses': [{ status: 503 }, list(STATUSES)] });
    expect(await ids.idOf('PAID', CALLING)).toMatchObject({ ok: false, type: 'CONNECTION' });
    expect(await ids.idOf('PAID', CALLING)).toEqual({ ok: true, id: '13' });
  });
});

test.each([
  ['Нові заявки', 'NEW'],
  ['Виставлено рахунок', 'PENDING_PAYMENT'],
  ['ОПЛАЧЕНО ', 'PAID'],
  ['Оформлено замовлення', 'PROCESSING'],
  ['оплачено', undefined],
  ['Відправлено', undefined],
])('«%s» of theirs is %s of ours', (title, status) => {
  expect(account().ids.ofTitle(title)).toBe(status);
});

test.each([
  ['ОПЛАЧЕНО', ' ОПЛАЧЕНО\n', true],
  ['ОПЛАЧЕНО ', 'ОПЛАЧЕНО', true],
  // One letter, or a letter and its two dots.
  ['Виїхало', 'Ви\u0456\u0308хало', true],
  ['Ви\u0456\u0308хало', 'Виїхало', true],
  ['ОПЛАЧЕНО', 'Оплачено', false],
])('«%s» and «%s»: is it one title? %s', (a, b, is) => {
  expect(sameTitle(a, b)).toBe(is);
});
