import { expect, test } from 'vitest';
import { parseDay, report, toText } from '../../../bin/orders/prove.ts';
import { counted, newProof } from '../../../lib/proof/proof.ts';

test('an order that could not be asked for is unproven, and named', () => {
  const seen = counted(newProof('2026-01-31', 0), 'bot', '1', { finding: 'there', why: '' });
  const proof = { ...seen, again: [{ external_id: '2', why: 'CONNECTION' }] };
  expect(report(proof)).toMatchObject({ accepted: 2, there: 1, not_asked: 1, unproven: 1 });
  const text = toText(proof, 'Учора');
  expect(text).toMatch(/2 +│ not_asked │ CONNECTION/);
  expect(text).toContain('Not finished');
  expect(text).toMatch(/^unproven = 1$/m);
  expect(text).toMatch(/^Учора прийнято 2, у CRM 1, не перевірено 1, розбіжностей 0$/m);
});

test('a day is one of the calendar', () => {
  expect(() => parseDay('2026-02-30')).toThrow();
  expect(() => parseDay('yesterday')).toThrow();
});
