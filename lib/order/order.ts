import * as z from 'zod/mini';
import { externalIdSchema } from './external-id.ts';
import { type FieldError, fieldErrors, invalidJson } from './field-errors.ts';
import { hryvnia } from './hryvnia.ts';
import { structureErrors } from './json-structure.ts';
import { normalisedText } from './normalised-text.ts';
import { ORDER_STATUSES } from './order-status.ts';
import { parseJson } from './parse-json.ts';
import { toE164 } from './phone.ts';
import { text } from './text.ts';

// For who has the whole order anyway; who has not, takes it from where it is, without all that reads an order.
export { isFurther, ORDER_STATUSES, type OrderStatus } from './order-status.ts';

const phone = z.pipe(
  text(32),
  z.transform((value, context) => {
    const number = toE164(value);
    if (number !== undefined) return number;
    context.issues.push({
      code: 'custom',
      input: value,
      message: 'is not a possible phone number: send it like +380671234567 or 067 123 45 67',
      params: { code: 'invalid_phone' },
    });
    return z.NEVER;
  }),
);

/**
 * Wide on purpose: letters of any script on both sides of the `@` (RFC 6531), and a name with a dot that a resolver
 * could look up, `xn--…` included. Whether it exists, nobody can tell.
 */
const EMAIL =
  /^[^\s@"<>()[\]\\,:;\p{C}]{1,64}@(?:[\p{L}\p{M}\p{N}_-]{1,63}\.)+(?!\p{N}+$)[\p{L}\p{M}\p{N}-]{2,63}$/u;

const email = z.string().check(z.overwrite(normalisedText), z.maxLength(254), z.regex(EMAIL));

/** An order can do without: an address that nobody could write to must not cost it. */
const optionalEmail = z.catch(z.optional(email), undefined);

const customer = z.strictObject({ name: text(200), phone, email: optionalEmail });

const productId = z.pipe(
  z.pipe(
    z.union([z.string(), z.int().check(z.nonnegative())], { error: 'must be a string or a whole number' }),
    z.transform(String),
  ),
  text(64),
);

const delivery = z.strictObject({
  method: text(64),
  city: text(100),
  address: text(300),
});

const item = z.strictObject({
  product_id: productId,
  sku: text(128),
  price: hryvnia,
  quantity: z.int().check(z.minimum(1), z.maximum(10_000)),
});

/**
 * An order as `POST /orders` and a message on OrdersQueue carry it: the payload of Sitniks' Integration 5.0, with `status` as
 * {@link OrderStatus}. What comes out of a parse is normalised (phone in E.164, `product_id` a string, `status`
 * filled in, no space around texts, keys in this order) and parses again to itself.
 */
export const orderSchema = z.strictObject({
  external_id: externalIdSchema,
  source: text(64),
  customer,
  delivery,
  items: z.array(item).check(z.minLength(1), z.maxLength(100)),
  payment_method: text(64),
  status: z._default(z.enum(ORDER_STATUSES), 'NEW'),
});

export type Order = z.output<typeof orderSchema>;

/** All names of fields that an order can have. */
export const FIELD_NAMES: ReadonlySet<string> = new Set(
  [orderSchema, customer, delivery, item].flatMap(({ shape }) => Object.keys(shape)),
);

export type OrderReading<T = Order> =
  | {
      ok: true;
      order: T;
      /** What was sent, could not be used, and is not in the order: whoever sent it has to be told. */
      omitted: FieldError[];
    }
  | { ok: false; errors: FieldError[] };

/**
 * Reads an order from JSON text: at the edge, and again at the queue, because the edge is not the only way in.
 * All problems are reported at once, none with the offending value in it.
 */
export const readOrder = (json: string): OrderReading => readAs(orderSchema, FIELD_NAMES, json);

/** The same of what has more fields. @param names all that it can have */
export function readAs<T>(
  schema: z.ZodMiniType<T>,
  names: ReadonlySet<string>,
  json: string,
): OrderReading<T> {
  let value: unknown;
  try {
    value = JSON.parse(withoutByteOrderMark(json));
  } catch (error) {
    return { ok: false, errors: [invalidJson(json, error)] };
  }
  const structure = structureErrors(json, names);
  const parsed = schema.safeParse(value);
  const omitted = omissions(value);
  return parsed.success && structure.length === 0
    ? { ok: true, order: parsed.data, omitted }
    : {
        ok: false,
        errors: [...structure, ...(parsed.error ? fieldErrors(parsed.error, value) : []), ...omitted],
      };
}

const emailCarrier = z.object({ customer: z.object({ email: z.unknown() }) });
const nothing = z.union([
  z.undefined(),
  z.null(),
  z.string().check(z.overwrite(normalisedText), z.maxLength(0)),
]);

/** `null`, and a text with nothing in it, are how some bots leave a field out: nothing is lost with them. */
function omissions(value: unknown): FieldError[] {
  const given = emailCarrier.safeParse(value).data?.customer.email;
  if (nothing.safeParse(given).success || email.safeParse(given).success) return [];
  return [
    {
      pointer: '#/customer/email',
      code: 'invalid_format',
      detail: 'customer.email is not an e-mail address: an order goes on without it.',
    },
  ];
}

const idCarrier = z.object({ external_id: externalIdSchema });

/**
 * The `external_id` of a body that is not an order, where it can still be read: to name it on the dead letter. One
 * that comes twice names nothing.
 */
export function readExternalId(json: string): string | undefined {
  const { data } = idCarrier.safeParse(parseJson(json));
  if (data === undefined) return undefined;
  const isTwofold = structureErrors(json, FIELD_NAMES).some(({ pointer }) => pointer === '#/external_id');
  return isTwofold ? undefined : data.external_id;
}

/** RFC 8259 lets a reader ignore it, and shells on Windows write it. */
const withoutByteOrderMark = (json: string): string => (json.startsWith('\uFEFF') ? json.slice(1) : json);
