import { expect, test } from 'vitest';
import { asideKey, readAsideKey } from '../../../lib/ledger/aside-key.ts';

test('the key of an order beside a number says which number, and whose order', () => {
  expect(readAsideKey(asideKey('1042', 'bot'))).toEqual({ external_id: '1042', caller: 'bot' });
  const keys = [asideKey('1042', 'bot'), asideKey('1042', 'site'), asideKey('1043', 'bot')];
  expect(new Set(keys).size).toBe(3);
});

test('what is no such key names no caller', () => {
  expect(readAsideKey('1042')).toEqual({ external_id: '1042', caller: '' });
});
