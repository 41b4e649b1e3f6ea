/**
 * The value of a JSON text; `undefined` where it is none, which no JSON is: a schema then refuses it. The error of
 * `JSON.parse` is dropped on purpose, because it quotes the text. A byte order mark is passed over, as RFC 8259 lets a
 * reader do: shells on Windows write one. A whole number with more digits than a double holds (an id, mostly) comes as
 * the text that it was, so that it stays the same number.
 */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text.startsWith('\uFEFF') ? text.slice(1) : text, digitsAsTheyCame);
  } catch {
    return undefined;
  }
}

function digitsAsTheyCame(_key: string, value: unknown, { source }: { source?: string } = {}): unknown {
  const isInexact = Number.isInteger(value) && !Number.isSafeInteger(value);
  return isInexact && source !== undefined ? source : value;
}
