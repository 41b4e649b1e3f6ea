/** One guard of the code, taken out: each of its edits has to fit exactly once. */
export interface Mutation {
  /** What the code then no longer does. */
  guard: string;
  file: string;
  find: string;
  put: string;
  /** The kind of runs in which it shows: such in which nothing follows, unless told. */
  in?: readonly string[];
}

const FOLLOWING = ['--follows', '--dialect', 'open-api'];

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
    find: "...(isFirst ? { ConditionExpression: 'attribute_not_exists(external_id)' } : over(record)),",
    put: '',
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
    find: "order must not be told as ours to correct.\n      return 'anothers';",
    put: "order must not be told as ours to correct.\n      return 'ours';",
  },
  {
    guard: 'Knows an order from before its correction for what it is',
    file: 'lib/sync/whose.ts',
    find: "return others.length > 0 ? 'outdated' : 'anothers';",
    put: "return 'ours';",
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
    find: '      await park(message, { external_id, attempts, error, start: nextStart(record) }, deps);\n      const settled = await ledger.end(record, end);',
    put: '      const settled = await ledger.end(record, end);\n      await park(message, { external_id, attempts, error, start: nextStart(record) }, deps);',
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
    find: 'await publishOutbox(claim.record, { ...deps, log })',
    put: 'claim.record',
  },
  {
    guard: 'Deletes only what is positively done',
    file: 'lib/queues/batch.ts',
    find: 'const failed = records.filter((record) => !done.has(record));',
    put: 'const failed = records.filter((record) => !done.has(record) && false);',
  },
  {
    guard: 'Answers 202 only after SQS has acknowledged',
    file: 'lib/intake/hand-over.ts',
    find: "    throw new Problem(\n      'temporarily_unavailable',",
    put: "    if (Date.now() < 0) throw new Problem(\n      'temporarily_unavailable',",
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
  {
    guard: 'Waits out the backoff of what was parked in doubt before it is sent again',
    file: 'lib/sync/after-attempt.ts',
    find: 'const notBefore = doubt === undefined ? undefined : now + backoff(costsAttempt ? attempts : attempts - 1);',
    put: 'const notBefore = undefined;',
  },
  {
    guard: 'Calls no more once a neighbour was asked for a pause',
    file: 'lib/sync/attempt.ts',
    find: "if (rateLimit.remainingMs() > 0) return { kind: 'not_begun', why: 'rate_limit', doubt };",
    put: '',
  },
  {
    guard: "Says of what stands in an order's place which one it is",
    file: 'lib/sync/after-attempt.ts',
    find: "return settle('parked', anothers(number), undefined);",
    put: "return settle('parked', anothers('CRM-0'), undefined);",
  },
  {
    guard: 'Takes what is found without anything having been sent for no order of its own from before',
    file: 'lib/sync/whose.ts',
    find: "if (maybe_sent.length === 0) return 'anothers';",
    put: "if (maybe_sent.length === 0) return 'outdated';",
  },
  {
    guard: "Gives an order that SQS has moved under another's number a story of its own",
    file: 'lib/dead-letters/judge.ts',
    find: '    await recordAside(letter, submission, known, deps);\n',
    put: '',
  },
  {
    guard: 'Takes letters of two callers for two orders',
    file: 'lib/dead-letters/redriven.ts',
    find: 'JSON.stringify([external_id, content_hash ?? asks, pays, submitted_by]),',
    put: 'JSON.stringify([external_id, content_hash ?? asks, pays]),',
  },
  {
    guard: "Takes no message without a name for a named order's correction",
    file: 'lib/ledger/relation.ts',
    find: "if (!isKnown) return 'foreign';",
    put: "if (message.submitted_by !== undefined) return 'foreign';",
  },
  {
    guard: 'Supersedes only by what says which start it is',
    file: 'lib/ledger/start.ts',
    find: 'start === undefined ? superseded : [...superseded, former]',
    put: '[...superseded, former]',
  },
  {
    guard: 'Knows an old message by its start',
    file: 'lib/ledger/relation.ts',
    find: 'message.start === undefined ? isDelivery(record, message) : message.start < record.start;',
    put: 'message.start === undefined ? isDelivery(record, message) : false;',
  },
  {
    guard: 'Acknowledges a late copy of what was corrected in silence',
    file: 'lib/ledger/relation.ts',
    find: "message.start < corrected_by && superseded.includes(message.content_hash) ? 'older' : 'other';",
    put: "'other';",
  },
  {
    guard: 'Parks again what was set aside and has been sent back',
    file: 'lib/sync/poison-message.ts',
    find: '  await park(message, { external_id, attempts: 0, error }, deps);\n  if (isNews)',
    put: '  if (isNews) await park(message, { external_id, attempts: 0, error }, deps);\n  if (isNews)',
  },
  {
    guard: 'Looks again before it sends a letter back',
    file: 'lib/dead-letters/tend.ts',
    find: 'if ((record?.version ?? 0) !== order.version) return;',
    put: '',
  },
  {
    guard: 'Sends a letter back before it deletes it',
    file: 'lib/dead-letters/tend.ts',
    find: "            await sendBack(newest, record, { body, redriven: redriven + 1 }, deps.queue);\n            log.info('Order sent back', { external_id: order.external_id, redriven: redriven + 1 });\n            sent.push(order);\n            await letGo(count('sent_back', order.letters), 'delete');",
    put: "            await letGo(count('sent_back', order.letters), 'delete');\n            await sendBack(newest, record, { body, redriven: redriven + 1 }, deps.queue);\n            sent.push(order);",
  },
  {
    guard: 'Records as parked what SQS has moved',
    file: 'lib/dead-letters/judge.ts',
    find: 'const changed = isAbandoned ? movedBySqs(owned, now()) : owned;',
    put: 'const changed = owned;',
  },
  {
    guard: 'Tells of what is on no queue any more',
    file: 'lib/dead-letters/lost-orders.ts',
    find: 'if (!isLost(known, now())) return undefined;',
    put: 'if (known !== undefined) return undefined;',
  },
  {
    guard: 'Tells of what came to its end untold, and is on no queue any more',
    file: 'lib/dead-letters/lost-orders.ts',
    find: 'const known = isFinal(found.state) ? await publishOutbox(found, deps) : found;',
    put: 'const known = found;',
  },
  {
    guard: 'Tells what was set aside untold',
    file: 'lib/ledger/listing.ts',
    find: "phaseOf(story.state) === 'under_way' || isUntold(story);",
    put: "phaseOf(story.state) === 'under_way';",
  },
  {
    guard: "Takes only this caller's own content for what it has waited for",
    file: 'lib/intake/accept-order.ts',
    find: 'record.submitted_by === submitted_by && isContentOf(record, content);',
    put: 'record.submitted_by === submitted_by;',
  },
  {
    guard: 'Begins no call that could outlive its lease',
    file: 'lib/sync/attempt.ts',
    find: "if (endsBy > (record.lease_until ?? 0)) return { kind: 'not_begun', why: 'lease', doubt };",
    put: 'if (endsBy < 0) return { kind: "not_begun", why: "lease", doubt };',
  },
  {
    guard: 'Gives another content another Idempotency-Key',
    file: 'lib/sitniks/orders/client.ts',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a text of the code
    find: '`${order.external_id}:${textHash(JSON.stringify(order))}`',
    put: 'order.external_id',
  },
  {
    guard: 'Tells whoever becomes the owner of an order without a name what became of it',
    file: 'lib/ledger/claim.ts',
    find: 'return withOutcome({ ...record, submitted_by });',
    put: 'return { ...record, submitted_by };',
  },
  {
    guard: 'Tells of what has lost its number, and is on no queue any more',
    file: 'lib/dead-letters/lost-orders.ts',
    find: '(await countOf(deps.listing.aside(until), recordLostAside, deps))',
    put: '0',
  },
  {
    guard: 'Books no payment again that somebody was booking who has died',
    file: 'lib/sync/book-payment.ts',
    find: 'const answer = taken.wasSending',
    put: 'const answer = (false as boolean)',
    in: FOLLOWING,
  },
  {
    guard: 'Books no payment again after a call without a clear answer',
    file: 'lib/sync/after-booking.ts',
    find: 'if (set.mayHaveReachedCrm)',
    put: 'if (false as boolean)',
    in: FOLLOWING,
  },
  {
    guard: 'Leaves a status alone while another consumer holds its order, or its backoff lasts',
    file: 'lib/ledger/follow.ts',
    find: 'Math.max(lease_until, not_before);',
    put: '0;',
    in: FOLLOWING,
  },
  {
    guard: 'Tells of a status, and of a payment, that is on no queue any more',
    file: 'lib/ledger/abandoned.ts',
    find: 'isFollowing(record) && followedAt(record) < lastSeenOfLost(now)',
    put: '(false as boolean)',
    in: FOLLOWING,
  },
];
