/**
 * A value as the body of a message: JSON, with emoji written as escapes, which is the same JSON. Not every stand-in for
 * SQS takes characters beyond U+FFFF.
 */
export const toMessageBody = (value: object): string =>
  JSON.stringify(value).replace(
    /[\u{10000}-\u{10ffff}]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16)}\\u${character.charCodeAt(1).toString(16)}`,
  );
