/** Values that occur nowhere but in what the privacy test and the fuzzer send: seen elsewhere, they have leaked. */
export const TELL_TALES = {
  name: 'Тестослав Прихованенко',
  phone: '067 111 22 33',
  email: 'telltale.prihovanenko@hidden.example',
  city: 'Таємноград',
  address: 'Схованська 171',
  crmKey: 'crm-key-telltale',
  token: 'tok-telltale-known',
  wrongToken: 'tok-telltale-wrong',
  signingToken: 'tok-telltale-signing',
  /** In the URL that outcomes are told to, as some bots have it. */
  callbackKey: 'cb-telltale-key',
} as const;

/** Behind `whsec_`, 32 bytes. */
const signingSecret = (text: string) => `whsec_${Buffer.from(text).toString('base64')}`;
/** What a caller signs its requests with. */
export const TELL_TALE_SIGNING_SECRET = signingSecret('telltale-signing-secret-32-bytes');
/** What callbacks to it are signed with. */
export const TELL_TALE_CALLBACK_SECRET = signingSecret('telltale-callback-secret-32bytes');

/** Any of them, in whatever form it may have been brought. */
const PATTERNS = [
  /тестослав/iu,
  /прихован/iu,
  /telltale/iu,
  /hidden\.example/iu,
  /таємноград/iu,
  /схованськ/iu,
  // 067 111 22 33, (067)111-22-33, +380671112233, 671112233, 111-22-33 …
  /111\D{0,3}22\D{0,3}33/u,
  /0\D{0,2}67\D{0,3}111/u,
  ...[TELL_TALE_SIGNING_SECRET, TELL_TALE_CALLBACK_SECRET].map(
    (secret) => new RegExp(secret.slice('whsec_'.length).slice(0, 20), 'u'),
  ),
];

/** What has leaked into a text, with what is around it. Empty: nothing. */
export function leaksIn(text: string): string[] {
  // As JSON may have it: \u0422 for Т.
  const plain = text.replaceAll(/\\+u([\da-f]{4})/giu, (_, hex) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return PATTERNS.flatMap((pattern) => {
    const at = plain.search(pattern);
    return at < 0 ? [] : [plain.slice(Math.max(0, at - 60), at + 60)];
  });
}

export function tellTaleOrder(external_id: string, changes: object = {}) {
  const { name, phone, email, city, address } = TELL_TALES;
  return {
    external_id,
    source: 'telegram',
    customer: { name, phone, email },
    delivery: { method: 'nova_poshta', city, address },
    items: [{ product_id: '123', sku: 'DRESS-RED-116', price: 1200, quantity: 1 }],
    payment_method: 'mono',
    status: 'NEW',
    ...changes,
  };
}
