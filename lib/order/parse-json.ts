/**
 * The value of a JSON text; `undefined` where it is none, which no JSON is: a schema then refuses it. The error of
 * `JSON.parse` is dropped on purpose, because it quotes the text. A byte order mark is passed over, as RFC 8259 lets a
 * reader do: shells on Windows write one.
 */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text.startsWith('\uFEFF') ? text.slice(1) : text);
  } catch {
    return undefined;
  }
}
