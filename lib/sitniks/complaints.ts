/** One thing that the CRM complains of. */
export interface Complaint {
  /** Its words, as they came, up to 500 characters. */
  text: string;
  /** What it names, as it came: may be personal. */
  names: string;
  /** The field of an order that it names. `undefined` where it names none that we know. */
  field: KnownField | undefined;
}

export interface KnownField {
  /** `items/sku`, or `items/*` for what is in a line and is none of ours. */
  place: string;
  /** `#/items/0/sku` */
  pointer: string;
}

/** More is hardly worth the time to read. */
const MOST_COMPLAINTS = 50;
const MAX_TEXT = 500;
const MAX_NAME = 200;
const MAX_DEPTH = 8;

/**
 * What is in `errors` of a refusal, in the forms that are in use: `{ "customer.phone": [text] }`, any nesting of it, or
 * a list of `{ field, message }`. The contract does not say which is Sitniks's.
 */
export const complaintsIn = (errors: unknown): Complaint[] =>
  textsIn(errors).map(({ path, text }) => ({
    text: text.slice(0, MAX_TEXT),
    names: path.join(' ').slice(0, MAX_NAME),
    field: fieldAt(path),
  }));

/** A text, and the path to the field that it is about. */
export interface PlacedText {
  path: readonly string[];
  text: string;
}

export const textsIn = (errors: unknown): PlacedText[] => walk(errors).take(MOST_COMPLAINTS).toArray();

const PATH_KEYS = [
  'field',
  'path',
  'property',
  'pointer',
  'loc',
  'param',
  'instancePath',
  'propertyPath',
  'fieldName',
  'target',
];
const TEXT_KEYS = [
  'message',
  'msg',
  'detail',
  'defaultMessage',
  'description',
  'text',
  'reason',
  'title',
  'error',
];
/** Names of what is about the whole (Django, Zod), and of lists within lists (Strapi, gRPC): no part of a path. */
const NO_NAMES: ReadonlySet<string> = new Set([
  '_errors',
  'non_field_errors',
  '__all__',
  'errors',
  'fieldViolations',
]);

function* walk(
  value: unknown,
  path: readonly string[] = [],
  depth = 0,
): Generator<PlacedText, undefined, undefined> {
  if (typeof value === 'string') yield { path, text: value };
  if (typeof value !== 'object' || value === null || depth > MAX_DEPTH) return;
  // `@type`, `@context`: of the machine that says it.
  const members = Object.entries(value).filter(([name]) => !name.startsWith('@'));
  const own = [...PATH_KEYS.map((key) => memberOf(value, key)), sourceOf(value)]
    .map(pathOf)
    .find(({ length }) => length > 0);
  const text = TEXT_KEYS.map((key) => memberOf(value, key)).find((said) => typeof said === 'string');
  if (text !== undefined) {
    yield { path: [...path, ...(own ?? [])], text };
  } else if (own !== undefined && members.length > 1) {
    for (const [key, member] of members) {
      if (!PATH_KEYS.includes(key)) yield* walk(member, [...path, ...own], depth + 1);
    }
  } else {
    for (const [key, member] of members) {
      // Several texts about one field are no lines of an order.
      const isOneOfTexts = Array.isArray(value) && typeof member === 'string';
      yield* walk(member, isOneOfTexts ? path : [...path, ...pathOf(key)], depth + 1);
    }
  }
}

/** Of JSON:API `{ source: { pointer } }`; of problem+json's `invalid-params` `{ name, reason }`. */
function sourceOf(entry: object): unknown {
  const source = memberOf(entry, 'source');
  if (typeof source === 'object' && source !== null) {
    return memberOf(source, 'pointer') ?? memberOf(source, 'parameter');
  }
  return typeof memberOf(entry, 'reason') === 'string' ? memberOf(entry, 'name') : undefined;
}

const memberOf = (object: object, key: string): unknown =>
  Object.getOwnPropertyDescriptor(object, key)?.value;

/** `items.0.sku`, `items[0].sku`, `#/items/0/sku` and `["items", 0, "sku"]` are the same. */
function pathOf(path: unknown): string[] {
  const text = Array.isArray(path) ? path.slice(0, MAX_DEPTH).map(String).join('.') : path;
  if (typeof text !== 'string') return [];
  return text
    .slice(0, MAX_NAME)
    .split(/[./[\]#]/)
    .filter((name) => name !== '' && !NO_NAMES.has(name));
}

/** `items.0.sku`, `items[0].sku`. What is one name could be any word, and `name@` an address. */
const PATH = /(?<![\p{L}\d@._-])[a-z_]+(?:\.\w+|\[\w*\])+(?![\p{L}\d@_-])/iu;

/** The field that a text calls by its path, and the text without it. */
export function fieldIn(text: string): { field: KnownField; rest: string } | undefined {
  const field = fieldAt(pathOf(PATH.exec(text)?.[0]));
  return field && { field, rest: text.replace(PATH, ' ') };
}

/** Where a field is in our order, and what else it may be called; without `_`, `-` and capitals. */
const FIELDS: readonly [place: string, ...names: string[]][] = [
  ['external_id', 'externalid'],
  ['source', 'source'],
  ['customer', 'customer', 'client'],
  ['customer/name', 'name', 'fullname', 'firstname', 'lastname', 'customername', 'clientname'],
  ['customer/phone', 'phone', 'phonenumber', 'telephone', 'customerphone', 'clientphone'],
  ['customer/email', 'email', 'customeremail', 'clientemail'],
  ['delivery', 'delivery', 'shipping', 'npdelivery'],
  ['delivery/method', 'method', 'deliverymethod', 'shippingmethod', 'servicetype'],
  ['delivery/city', 'city', 'cityref', 'deliverycity'],
  ['delivery/address', 'address', 'branch', 'warehouse', 'department', 'departmentref', 'deliveryaddress'],
  ['items', 'items', 'products', 'offers'],
  ['items/product_id', 'productid', 'product', 'productvariationid', 'itemid'],
  ['items/sku', 'sku', 'article', 'vendorcode'],
  ['items/price', 'price'],
  ['items/quantity', 'quantity', 'qty'],
  ['payment_method', 'paymentmethod', 'payment'],
  ['status', 'status', 'statusid'],
];
const PLACES = new Map(FIELDS.flatMap(([place, ...names]) => names.map((name) => [name, place])));

/** What an order may be wrapped in. */
const WRAPPERS = ['order', 'data', 'body', 'payload', 'attributes'];
/** An order has 100 lines at most; a longer number may be a phone. */
const INDEX = /^\d{1,2}$/;

/** As far as the path goes through an order. */
function fieldAt(path: readonly string[]): KnownField | undefined {
  let place = '';
  let line: string | undefined;
  for (const name of path) {
    if (INDEX.test(name)) {
      if (place === 'items') line ??= name;
      continue;
    }
    if (place === '' && WRAPPERS.includes(name.toLowerCase())) continue;
    const next = PLACES.get(name.toLowerCase().replace(/[_\s-]/g, ''));
    // The number of a customer or a product is not the order's, and none of what we send.
    if (next === 'external_id' && place !== '') return undefined;
    if (next === undefined || (place !== '' && !next.startsWith(`${place}/`))) {
      if (place === 'items' && line !== undefined) place = 'items/*';
      break;
    }
    place = next;
  }
  return place === '' ? undefined : { place, pointer: pointerTo(place.replace('/*', ''), line) };
}

function pointerTo(place: string, line: string | undefined): string {
  if (!place.startsWith('items')) return `#/${place}`;
  // Which line it is was not said: only the list can be pointed at.
  return line === undefined ? '#/items' : `#/${place.replace('items', `items/${line}`)}`;
}
