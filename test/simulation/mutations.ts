/** One guard of the code, taken out: each of its edits has to fit exactly once. */
export interface Mutation {
  /** What the code then no longer does. */
  guard: string;
  file: string;
  find: string;
  put: string;
}

/**
 * Guards without which an order is lost, doubled or a mystery. A change of a guard's text has to be followed here: what
 * does not fit is said, and counts as not found.
 */
export const MUTATIONS: readonly Mutation[] = [
  {
    guard: 'Looks up first where an attempt may have been sent',
    file: 'lib/sync/attempt.ts',
    find: 'if (lookUp) {',
    put: 'if (false as boolean) {',
  },
  {
    guard: 'Writes to the ledger only over the version that it has read',
    file: 'lib/ledger/ledger.ts',
    find: "ConditionExpression: isFirst ? 'attribute_not_exists(external_id)' : '#version = :seen',",
    put: "ConditionExpression: isFirst ? 'attribute_exists(external_id) OR attribute_not_exists(external_id)' : '#version = :seen OR #version <> :seen',",
  },
  {
    guard: 'Leaves an order alone while another consumer holds it, or its backoff lasts',
    file: 'lib/ledger/claim.ts',
    find: 'if (until > now) return busy(until);',
    put: 'if (until > now + 1e12) return busy(until);',
  },
  {
    guard: 'Takes an attempt that broke off for one that may have been sent',
    file: 'lib/ledger/claim.ts',
    find: "record.state === 'syncing' ? inDoubt(record) : record;",
    put: 'record;',
  },
  {
    guard: 'Takes a call without a clear answer for one that may have been sent',
    file: 'lib/sync/attempt.ts',
    find: 'created.mayHaveReachedCrm ? record.content_hash : doubt',
    put: 'doubt',
  },
  {
    guard: 'Takes for ours only what may have been sent',
    file: 'lib/sync/whose.ts',
    find: "if (maybe_sent.length === 0) return 'anothers';",
    put: "if (maybe_sent.length === 0) return 'ours';",
  },
  {
    guard: 'Takes for ours only what does not contradict',
    file: 'lib/sync/whose.ts',
    find: "return others.length > 0 ? 'outdated' : 'anothers';",
    put: "return 'ours';",
  },
  {
    guard: 'Knows an order from before its correction for what it is',
    file: 'lib/sync/whose.ts',
    find: "if (others.length === maybe_sent.length) return 'outdated';",
    put: "if (others.length === maybe_sent.length) return 'ours';",
  },
  {
    guard: 'Compares only exact matches of a search',
    file: 'lib/sitniks/orders/search.ts',
    find: 'external_id === order.external_id)',
    put: 'external_id?.includes(order.external_id) === true)',
  },
  {
    guard: 'Believes "not there" only of a list that is whole',
    file: 'lib/sitniks/orders/search.ts',
    find: "return { result: 'next' };\n}",
    put: "return { result: 'absent' };\n}",
  },
  {
    guard: 'Parks before the ledger says so',
    file: 'lib/sync/sync-order.ts',
    find: '      await park(message, { external_id, attempts, error, start: nextStart(record) }, deps);\n      await publishOutbox(await ledger.end(record, end), deps);',
    put: '      await publishOutbox(await ledger.end(record, end), deps);\n      await park(message, { external_id, attempts, error, start: nextStart(record) }, deps);',
  },
  {
    guard: 'Keeps the message until the outcome has been told',
    file: 'lib/queues/publish-outbox.ts',
    find: 'for (const outcome of outbox) await outcomes.send(outcome);',
    put: 'for (const outcome of outbox) await outcomes.send(outcome).catch(() => undefined);',
  },
  {
    guard: 'Tells what whoever settled it has not told',
    file: 'lib/sync/sync-order.ts',
    find: 'await publishOutbox(claim.record, { ...deps, log });',
    put: '',
  },
  {
    guard: 'Deletes only what is positively done',
    file: 'lib/queues/batch.ts',
    find: 'const failed = records.filter((record) => !done.has(record));',
    put: 'const failed = records.filter((record) => !done.has(record) && false);',
  },
  {
    guard: 'Answers 202 only after SQS has acknowledged',
    file: 'lib/intake/accept-order.ts',
    find: "    throw new Problem(\n      'temporarily_unavailable',",
    put: "    if (Number(now()) < 0) throw new Problem(\n      'temporarily_unavailable',",
  },
  {
    guard: 'Takes an answer without an id for no answer',
    file: 'lib/sitniks/orders/answers.ts',
    find: "if (crmOrderId === undefined) return inDoubt('without an id');",
    put: "if (crmOrderId === undefined) return { ok: true, crmOrderId: 'unknown' };",
  },
  {
    guard: "Takes an answer about another order's id for none",
    file: 'lib/sitniks/orders/answers.ts',
    find: 'if (external_id !== undefined && external_id !== order.external_id)',
    put: 'if (external_id === "")',
  },
  {
    guard: 'Waits out the backoff before it looks up what the CRM may commit late',
    file: 'lib/queues/backoff.ts',
    find: 'return Math.min(capMs, baseMs * factor ** (attempt - 1) * (1 + random() / 2));',
    put: 'return Math.min(capMs, (baseMs / 30) * factor ** (attempt - 1) * (1 + random() / 2));',
  },
];
