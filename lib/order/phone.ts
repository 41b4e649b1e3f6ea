import parsePhoneNumber from 'libphonenumber-js/min';

/** What may stand between the digits, or around the whole: brackets and dashes of all kinds, dots, slashes, quotes. */
const BETWEEN = /[\s\p{Ps}\p{Pe}\p{Pi}\p{Pf}\p{Pd}\p{Pc}<>"'.,:;·•∙⋅‧⁃/\\|*~−]/gu;

/** `8 067 …`, as it was dialled before 2009, and `8 10 380 …` from abroad. No number of today begins like that. */
const OLD_PREFIX = /^8(?:10380|0)(?=[3-9]\d{8}$)/;

/** Nine digits follow the country's code; only of numbers for services may it be ten. */
const ONE_DIGIT_MORE = /^\+380(?![89]00)\d{10}$/;

/**
 * A phone in E.164, written in any way a Ukrainian writes it (`067 123 45 67`, `8 (067) 123-45-67`, `380671234567`,
 * `+380…`) or as an international one; `undefined` where it is none.
 *
 * @param text as `normalisedText` gives it
 */
export function toE164(text: string): string | undefined {
  const written = asciiDigits(text.normalize('NFKC')).replace(BETWEEN, '');
  if (!/^\+?\d+$/.test(written)) return undefined;
  const number = parsed(written.replace(OLD_PREFIX, '+380'));
  // Some junk loses a zero at each reading (+31 00677590): the queue would then see another order than the edge.
  return number !== undefined && parsed(number) === number ? number : undefined;
}

function parsed(written: string): string | undefined {
  const phone = parsePhoneNumber(written, { defaultCountry: 'UA', extract: false });
  return phone?.isPossible() && !phone.ext && !ONE_DIGIT_MORE.test(phone.number) ? phone.number : undefined;
}

/** Digits of any script: in Unicode the ten of each stand in a row, from zero on. */
const asciiDigits = (text: string): string =>
  text.replace(/(?![0-9])\p{Nd}/gu, (digit) => {
    const code = digit.codePointAt(0) ?? 0;
    for (let value = 0; ; value += 1) {
      if (!/\p{Nd}/u.test(String.fromCodePoint(code - value - 1))) return String(value % 10);
    }
  });
