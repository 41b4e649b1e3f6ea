import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { fuzzRedaction } from '../../../bench/fuzz/redaction.ts';
import { withoutPersonalData } from '../../../lib/lambda/redact.ts';

test('no name survives in whatever way it is spelt back', () => {
  expect(fuzzRedaction(500, 7).survived).toEqual([]);
});

test('takes no time to speak of, whatever the CRM says', () => {
  // Not the time that passes: neighbours want their share of the processor.
  const started = process.cpuUsage();
  for (const piece of ['1 ', '1', ' ', '(', 'a@', 'a.', '@a.', '+', 'Олена ', '-'])
    withoutPersonalData(piece.repeat(200_000), ['Олена Коваленко', '+380671234567', 'olena@example.com']);
  expect(process.cpuUsage(started).user / 1000).toBeLessThan(1_000);
});

const value = fc
  .stringMatching(/^[\p{L}\d][\p{L}\d .@+-]{2,30}[\p{L}\d]$/u)
  // A value of the marker's own letters proves nothing.
  .filter((one) => !'[removed]'.includes(one.toLowerCase()));
const around = fc.oneof(
  fc.string(),
  fc
    .array(
      fc.constantFrom(
        ...'клієнт|name|А|7|d0|041| |&#|&|;|%|=|\\x|\\u|0x|@|.|-|_|*|…|<b>|>|\u0301|Ð|😀'.split('|'),
      ),
      {
        maxLength: 8,
      },
    )
    .map((parts) => parts.join('')),
);

test('no value that was given survives, wherever in whatever text it stands, even between letters', () => {
  fc.assert(
    fc.property(
      fc.array(value, { minLength: 1, maxLength: 4 }),
      fc.constantFrom(' ', ''),
      around,
      around,
      (values, gap, before, after) => {
        for (const one of values) {
          const told = withoutPersonalData(`${before}${gap}${one}${gap}${after}`, values).toLowerCase();
          expect(told.replaceAll('[removed]', '')).not.toContain(one.toLowerCase());
        }
      },
    ),
  );
});
