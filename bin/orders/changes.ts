/** A value that is not what was sent; `from` is `undefined` where nothing was. */
export interface Change {
  /** JSON Pointer in URI fragment form (`#/customer/phone`). */
  pointer: string;
  from: unknown;
  to: unknown;
}

/**
 * Where an order is not what was sent: what was normalised, and what was filled in.
 *
 * @param except pointers of what is told otherwise
 */
export function changesIn(sent: unknown, order: unknown, except: ReadonlySet<string>, at = '#'): Change[] {
  if (except.has(at)) return [];
  if (!isContainer(order)) return Object.is(sent, order) ? [] : [{ pointer: at, from: sent, to: order }];
  const before: Record<string, unknown> = isContainer(sent) ? { ...sent } : {};
  const names = new Set([...Object.keys(order), ...Object.keys(before)]);
  return [...names].flatMap((name) =>
    changesIn(
      before[name],
      { ...order }[name],
      except,
      `${at}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`,
    ),
  );
}

const isContainer = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;
