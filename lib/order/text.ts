import * as z from 'zod/mini';
import { normalisedText } from './normalised-text.ts';

/**
 * Line and paragraph breaks, other control characters, lone surrogates and noncharacters. SQS refuses a body with
 * U+FFFE or U+FFFF for good, and no CRM field has a use for the others.
 */
const UNPRINTABLE = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\p{Noncharacter_Code_Point}]/u;
/** Marks alone are seen on no letter, and what has no code in Unicode is drawn as an empty box, if at all. */
const VISIBLE = /[\p{L}\p{N}\p{P}\p{S}]/u;

/** A text of one line as a person meant it, of 1 to `max` characters. */
export const text = (max: number) =>
  z.string().check(
    z.overwrite(normalisedText),
    z.minLength(1, { abort: true }),
    z.maxLength(max),
    z.refine((value) => !UNPRINTABLE.test(value), {
      error: 'must not contain control characters or line breaks',
      params: { code: 'control_character' },
      abort: true,
    }),
    z.refine((value) => VISIBLE.test(value), {
      error: 'has nothing in it that can be seen',
      params: { code: 'invisible' },
    }),
  );
