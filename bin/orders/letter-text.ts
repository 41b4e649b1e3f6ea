import type { Letter } from '../../lib/dead-letters/letter.ts';
import { FIELD_NAMES } from '../../lib/order/order.ts';
import { timeWithZone } from './layout.ts';
import { printable } from './output.ts';
import type { Language } from './words.ts';

/** So much of a body tells what it is. */
const MOST = 2_000;

/**
 * The text of a body that may be anybody's personal data: of each word only its first letter, of a number nothing, and
 * the names of an order's fields whole, so that its form can be seen.
 */
export const maskedBody = (body: string): string =>
  printable(
    body
      .slice(0, MOST)
      .replace(/"(\w+)"(?=\s*:)|[\p{L}\p{M}\p{N}_]+/gu, (word, name: string | undefined) =>
        name !== undefined && FIELD_NAMES.has(name) ? word : maskedWord(word),
      ),
  );

const maskedWord = (word: string): string =>
  word.replace(/[\p{L}\p{M}\p{N}_]+/u, (text) => {
    const [first = ''] = text;
    return `${/\p{L}/u.test(first) ? first : '•'}••`;
  });

/** One letter by SQS's id of it, for what has no number. */
export function letterDocument(letter: Letter, reveal: boolean) {
  const { messageId, external_id, reason, parkedAt, redriven, body } = letter;
  return {
    message_id: messageId,
    external_id: external_id ?? null,
    type: reason,
    parked_at: new Date(parkedAt).toISOString(),
    returns: redriven,
    bytes: Buffer.byteLength(body),
    body: reveal ? printable(body.slice(0, MOST)) : maskedBody(body),
    is_cut: body.length > MOST,
  };
}

export function letterText(document: ReturnType<typeof letterDocument>, language: Language): string {
  const { message_id, type, parked_at, bytes, body, is_cut, external_id } = document;
  const name = external_id === null ? '' : ` (${external_id})`;
  return language === 'en'
    ? [
        `Letter ${message_id}${name}: ${type}, since ${timeWithZone(parked_at, language)}`,
        `${bytes} bytes${is_cut ? ', of which these come first' : ''}:`,
        body,
        `Erase it: orders forget --message ${message_id}`,
        `Send it on, mended: orders redrive --message ${message_id} --patch mend.json`,
      ].join('\n')
    : [
        `Лист ${message_id}${name}: ${type}, з ${timeWithZone(parked_at, language)}`,
        `Байтів: ${bytes}${is_cut ? '; ось перші з них' : ''}:`,
        body,
        `Стерти: orders forget --message ${message_id}`,
        `Виправити й надіслати: orders redrive --message ${message_id} --patch mend.json`,
      ].join('\n');
}
