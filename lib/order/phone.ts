import parsePhoneNumber from 'libphonenumber-js/min';

/**
 * What may stand before, between and behind the digits: punctuation and signs of all kinds, a small picture of a phone
 * among them. But for those that say something else: `067#5` is an extension, `%2B` and `&#43;` a plus.
 */
const BETWEEN = /[\s\p{M}]|(?![+#%&=@$!?^])[\p{P}\p{S}]|[ーｰ]/gu;

/** «тел. 067 …», `tel:+380…`: what it is called, if nothing more. */
const CALLED = /^(?:тел(?:ефон)?|т|моб(?:ільний|ил)?|tel(?:ephone)?|phone|mob(?:ile)?)(?=[\P{L}])[.:\s]*/iu;

/** `8 067 …`, as it was dialled before 2009, and `8 10 380 …` from abroad. No number of today begins like that. */
const OLD_PREFIX = /^8(?:10380|0)(?=[3-9]\d{8}$)/;

/** Written into a field that has begun with the country already: `+38 380 67 …`, `+380 +380 67 …`. */
const TWICE = /^\+?(?:380|38)\+?(?=380[3-9]\d{8}$)/;

/** A letter where a zero was meant, in either alphabet: `О67 1О1 …`. */
const ZERO = /[OoОо]/g;
/** Otherwise it is a word. */
const LEAST_DIGITS = 6;

/** Nine digits follow the country's code; only of numbers for services may it be ten. */
const ONE_DIGIT_MORE = /^\+380(?![89]00)\d{10}$/;

/**
 * A phone in E.164, written in any way a Ukrainian writes it (`067 123 45 67`, `8 (067) 123-45-67`, `380671234567`,
 * `+380…`) or as an international one; `undefined` where it is none.
 *
 * @param text as `normalisedText` gives it
 */
export function toE164(text: string): string | undefined {
  const digits = asciiDigits(
    text
      .replace(/\p{So}/gu, '')
      .normalize('NFKC')
      .trim()
      .replace(CALLED, '')
      .replace(BETWEEN, ''),
  );
  const hasDigits = digits.replace(/\D/g, '').length >= LEAST_DIGITS;
  const written = (hasDigits ? digits.replace(ZERO, '0') : digits).replace(TWICE, '+');
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
