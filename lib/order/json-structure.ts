import type { FieldError } from './field-errors.ts';

/** An order is three deep; the CRM's own shapes hardly more. */
const MAX_DEPTH = 16;
/** The rest would only say the same again. */
const MOST_ERRORS = 20;

/** An object or a list that is open at this point of the text. */
type Open = { kind: 'object'; keys: Set<string>; key: string } | { kind: 'list'; index: number };

/**
 * What `JSON.parse` passes over in silence: a key that comes twice (it keeps the last, another reader the first, and
 * then they have read two different orders: RFC 8259, 4), and nesting without end.
 *
 * @param json text that `JSON.parse` has taken
 * @param known names that may be told; the place of an error ends before a name that is not one of them, because a
 *   stranger's key may be personal
 */
export function structureErrors(json: string, known: ReadonlySet<string>): FieldError[] {
  const errors: FieldError[] = [];
  const open: Open[] = [];
  let wantsKey = false;

  // Strings as a whole, so that a bracket within one is not taken for one; and what opens, closes and separates.
  for (const [mark] of json.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\],:]/gs)) {
    const inner = open.at(-1);
    switch (mark) {
      case '{':
      case '[':
        open.push(mark === '{' ? { kind: 'object', keys: new Set(), key: '' } : { kind: 'list', index: 0 });
        wantsKey = mark === '{';
        if (open.length > MAX_DEPTH) return [...errors, tooDeep(open, known)];
        break;
      case '}':
      case ']':
        open.pop();
        wantsKey = false;
        break;
      case ',':
        if (inner?.kind === 'list') inner.index += 1;
        wantsKey = inner?.kind === 'object';
        break;
      case ':':
        wantsKey = false;
        break;
      default:
        if (!wantsKey || inner?.kind !== 'object') break;
        inner.key = unescaped(mark);
        if (inner.keys.has(inner.key)) addOnce(errors, duplicate(open, known));
        inner.keys.add(inner.key);
        if (errors.length >= MOST_ERRORS) return errors;
    }
  }
  return errors;
}

/** Of two strangers' names at one place the same is said. */
function addOnce(errors: FieldError[], error: FieldError): void {
  if (!errors.some(({ detail }) => detail === error.detail)) errors.push(error);
}

/** `"a"` and `"\u0061"` are the same key. */
const unescaped = (literal: string): string =>
  literal.includes('\\') ? String(JSON.parse(literal)) : literal.slice(1, -1);

function duplicate(open: readonly Open[], known: ReadonlySet<string>): FieldError {
  const { names, isWhole } = placeOf(open, known);
  return {
    pointer: ['#', ...names].join('/'),
    code: 'duplicate_field',
    detail: isWhole
      ? `${names.join('.')} comes more than once: send it once.`
      : `${names.join('.') || 'The body'} has a field that comes more than once: send each once.`,
  };
}

function tooDeep(open: readonly Open[], known: ReadonlySet<string>): FieldError {
  const { names } = placeOf(open.slice(0, -1), known);
  // Of lists in lists only where the first one is: the rest is brackets.
  while (/^\d+$/.test(names.at(-1) ?? '')) names.pop();
  return {
    pointer: ['#', ...names].join('/'),
    code: 'too_deep',
    detail: `${names.join('.') || 'The body'} is nested more than ${MAX_DEPTH} deep.`,
  };
}

/** Where we are, as far as it may be told. */
function placeOf(open: readonly Open[], known: ReadonlySet<string>): { names: string[]; isWhole: boolean } {
  const names: string[] = [];
  for (const one of open) {
    if (one.kind === 'object' && !known.has(one.key)) return { names, isWhole: false };
    names.push(one.kind === 'object' ? one.key : String(one.index));
  }
  return { names, isWhole: true };
}
