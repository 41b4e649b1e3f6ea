import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { ReasonCode } from '../../lib/explanations/reasons.ts';
import { isFollowing } from '../../lib/ledger/following.ts';
import { isUntold } from '../../lib/ledger/outbox.ts';
import { type Outcome, outcomeSchema } from '../../lib/ledger/outcome.ts';
import { type LedgerRecord, recordSchema } from '../../lib/ledger/record.ts';
import { isFinal } from '../../lib/ledger/states.ts';
import { isFurther } from '../../lib/order/order-status.ts';
import type { CrmOrder } from './crm.ts';
import { ask, PERSONAL_NAME } from './functions.ts';
import { isBehind, wasAssumed } from './heard.ts';
import type { Broken, Journal, Promised } from './journal.ts';
import type { CallerName, Content } from './story.ts';
import type { World } from './world.ts';

/** How it all ended: nothing fails any more, and nothing more happens. */
interface End {
  world: World;
  records: readonly LedgerRecord[];
  told: readonly Outcome[];
}

export const recordsOf = (world: World): LedgerRecord[] =>
  [...world.ledger.values()].map((item) => recordSchema.parse(unmarshall(item)));

/** A story beside the number's own: whoever asks is shown it only where there is no other of its own. */
const isBeside = ({ external_id }: LedgerRecord): boolean => external_id.includes('#');
const isToEnd = ({ state }: LedgerRecord): boolean => !isFinal(state);

/** Whether an order has not come to its end yet. */
export const isUnderWay = (world: World): boolean =>
  recordsOf(world).some((record) => !isBeside(record) && isToEnd(record));

/** Whether somebody is to be told something that no message brings on, or waits for it. */
export const isLeftIn = (world: World): boolean =>
  recordsOf(world).some((record) => isUntold(record) || isFollowing(record));

/** Holds a run that has come to rest to every promise. @returns which are broken */
export async function brokenPromises(world: World): Promise<readonly Broken[]> {
  const end: End = {
    world,
    records: recordsOf(world),
    told: [...world.queues.outcomes.messages.values()].map(({ body }) =>
      outcomeSchema.parse(JSON.parse(body)),
    ),
  };
  neverLost(end);
  neverDoubled(end);
  neverForEver(end);
  neverToldWrongly(end);
  neverLeftBehind(end);
  for (const owner of ownersIn(world)) await neverAMystery(end, owner);
  neverIndiscreet(end);
  world.mustBeSound();
  return world.journal.broken;
}

const contentIn = (body: string): Content | undefined => /"sku":"([^"]*)"/.exec(body)?.[1];
const numberIn = (body: string): string | undefined => /"external_id":"([^"]*)"/.exec(body)?.[1];

function neverLost({ world, told }: End): void {
  const { crm, journal, queues } = world;
  const letters = [...queues.deadLetters.messages.values()];
  for (const one of journal.promised) {
    const { caller, number, content } = one;
    const isInCrm = crm.ours(number).some((order) => order.content === content);
    const isLetter = letters.some(
      ({ body, attributes: { submitted_by } }) =>
        numberIn(body) === number &&
        contentIn(body) === content &&
        // Without a name it is the order of whoever sent the very same.
        (caller === undefined || submitted_by === undefined || submitted_by.StringValue === caller),
    );
    if (
      // Told as lost track of: whoever owns it is to send it again.
      isExpired(queues, number, content) ||
      isInCrm ||
      isLetter ||
      wasAssumed(world, number) ||
      isCorrected(one, journal.promised) ||
      isRefused(one, told) ||
      journal.forgotten.has(number)
    )
      continue;
    journal.breaks('lost', `${number} ${content}, promised to ${caller ?? 'an operator'}, is nowhere`);
  }
}

/**
 * Its owner has posted something else since it last posted this, and put nothing on the queue by hand. Where the door could
 * not read the ledger nobody knows what came after what.
 */
function isOutdated(
  { faults, journal: { promised } }: World,
  caller: CallerName,
  number: string,
  content: Content,
): boolean {
  const own = promised.filter((one) => one.caller === caller && one.number === number);
  const last = own.findLast((one) => one.content === content);
  return (
    last !== undefined &&
    own.every(({ way }) => way === 'api') &&
    !faults.everStrike('ledger') &&
    own.some((other) => other.content !== content && other.startedAt > last.answeredAt)
  );
}

const isExpired = ({ orders, deadLetters }: World['queues'], number: string, content: Content): boolean =>
  [...orders.expiredBodies, ...deadLetters.expiredBodies].some(
    (body) => numberIn(body) === number && contentIn(body) === content,
  );

/** What its owner sent after it, under the same number, is what counts; a nameless one anybody may correct. */
const isCorrected = ({ caller, number, content, promisedAt }: Promised, all: readonly Promised[]): boolean =>
  all.some(
    (other) =>
      other.number === number &&
      other.content !== content &&
      other.startedAt > promisedAt &&
      (caller === undefined || other.caller === caller),
  );

/** What the CRM never takes, and its caller was told so: of its own correction, sent meanwhile, the letter may go. */
const isRefused = ({ caller, number, content }: Promised, told: readonly Outcome[]): boolean =>
  content.startsWith('bad') &&
  caller !== undefined &&
  told.some(
    ({ type, submitted_by, external_id }) =>
      type === 'rejected' && submitted_by === caller && external_id === number,
  );

function neverDoubled({ world: { crm, journal, queues } }: End): void {
  for (const number of new Set(crm.orders.map((order) => order.number))) {
    const live = crm.ours(number).filter(({ isDeleted }) => !isDeleted);
    if (live.length > 1) {
      journal.breaks(
        'doubled',
        `${number} is in the CRM as ${live.map(({ id, content }) => `${id} (${content})`).join(' and ')}`,
      );
    }
    const starts = queues.orders.sentBodies.filter(
      (body) => numberIn(body) === number && contentIn(body) !== undefined,
    ).length;
    const creations = crm.creations.get(number) ?? 0;
    if (creations > 4 * starts) {
      journal.breaks(
        'insistent',
        `the CRM was asked ${creations} times to create ${number}, for ${starts} starts`,
      );
    }
  }
  for (const number of crm.unheeded) {
    journal.breaks('insistent', `the CRM had asked for a pause, and was asked at once to create ${number}`);
  }
  for (const { caller, content, from, to } of journal.resent) {
    // It was its own other order that had the number, or another's order that says the same.
    if (
      journal.contentsSent(caller, from) > 1 ||
      isAnothersToo(journal, caller, from, content) ||
      isNobodysAmongTwo(journal, from) ||
      isByHand(journal, caller, from)
    )
      continue;
    const live = [...crm.ours(from), ...crm.ours(to)].filter(
      (order) => !order.isDeleted && order.content === content,
    );
    if (live.length > 1) {
      journal.breaks(
        'doubled',
        `the ${caller} was told to send ${from} ${content} as ${to}, and both are in the CRM`,
      );
    }
  }
}

function neverForEver({ world: { journal, queues }, records }: End): void {
  for (const { body } of queues.orders.messages.values()) {
    journal.breaks('unsettled', `${numberIn(body)} ${contentIn(body)} is still on its way`);
  }
  for (const record of records.filter((one) => !isBeside(one))) {
    const { external_id, state, error } = record;
    if (isToEnd(record)) {
      journal.breaks('unsettled', `${external_id} is ${state}, and nothing happens any more`);
    } else if (state !== 'synced' && (error?.reasons ?? []).length === 0) {
      journal.breaks('unreadable', `${external_id} is ${state} without a reason`);
    }
  }
}

function neverToldWrongly({ world, told }: End): void {
  const { crm, journal } = world;
  for (const { type, submitted_by, external_id, crm_order_id, error } of told) {
    if (submitted_by === undefined) continue;
    if (type === 'parked' && external_id !== undefined) pointsAtWhatIsThere(world, external_id, error);
    const isTaken = error?.reasons?.some(({ code }) => code === 'number_taken');
    if (isTaken && external_id !== undefined && isUncontested(world, submitted_by, external_id)) {
      journal.breaks(
        'contradicted',
        `${external_id} is said to be taken, and only the ${submitted_by} has it`,
      );
    }
    if (!journal.hasSent(submitted_by, external_id)) {
      journal.breaks('untold', `the ${submitted_by} was told of ${external_id}, which is not its own`);
    }
    if ((type !== 'synced' && type !== 'recovered') || wasAssumed(world, external_id)) continue;
    const order = crm.byId(crm_order_id);
    if (order?.isOurs && journal.hasSent(submitted_by, external_id, order.content)) continue;
    journal.breaks(
      'contradicted',
      `the ${submitted_by} was told that ${external_id} is ${crm_order_id}, ${crm.about(crm_order_id)}`,
    );
  }
}

/** What a caller was promised of its order's status and payments, once the order is in the CRM. */
function neverLeftBehind({ world, records, told }: End): void {
  const { crm, journal } = world;
  for (const set of crm.setBack) journal.breaks('contradicted', `set back: ${set}`);
  for (const { caller, number, status, amount } of journal.saidStatuses) {
    const record = records.find((one) => !isBeside(one) && one.external_id === number);
    // Nobody can say of what order it was said where one without a name has had the number meanwhile.
    if (record?.submitted_by !== caller || wasAssumed(world, number) || isNobodysToo(journal, number))
      continue;
    const tells = told.filter((one) => one.submitted_by === caller && one.external_id === number);
    const order = record.state === 'synced' ? crm.byId(record.crm_order_id) : undefined;
    if (order?.isOurs && !order.isDeleted && isBehind(order, status)) {
      const isTold = tells.some((one) => one.type === 'status_not_changed' && !isFurther(status, one.status));
      if (!isTold)
        journal.breaks('lost', `${number} is ${status}, said the ${caller}, and ${order.status} in the CRM`);
    }
    if (amount !== undefined) neverBookedTwice({ world, told: tells, record, order, amount });
  }
}

function neverBookedTwice({
  world: { crm, faults, journal, queues },
  told,
  record: { external_id: number, payments = [] },
  order,
  amount,
}: {
  world: World;
  told: readonly Outcome[];
  record: LedgerRecord;
  order: CrmOrder | undefined;
  amount: number;
}): void {
  const what = `${amount} of ${number}`;
  const bookings = crm
    .ours(number)
    .flatMap((one) => one.payments)
    .filter((one) => one === amount).length;
  if (bookings > 1) journal.breaks('doubled', `${what} is booked ${bookings} times`);
  const isTold = (type: Outcome['type']) => told.some((one) => one.type === type && one.amount === amount);
  const { state } = payments.find((one) => one.amount === amount) ?? {};
  if (bookings === 0 && (isTold('payment_booked') || state === 'booked')) {
    journal.breaks('contradicted', `${what} is said to be booked, and is not`);
  }
  if (bookings > 0 && state === 'not_booked') {
    journal.breaks('contradicted', `${what} is said not to be booked, and is`);
  }
  if (isTold('payment_booked') || isTold('payment_not_booked')) return;
  const saysSo = (body: string) => numberIn(body) === number && body.includes(`"amount":${amount}`);
  const isLetter = [...queues.deadLetters.messages.values()].some(({ body }) => saysSo(body));
  const isExpired = [...queues.orders.expiredBodies, ...queues.deadLetters.expiredBodies].some(saysSo);
  // Until its order is in the CRM, of which its caller is told; said again after the life of a message it counts.
  if (order === undefined && (isLetter || isExpired || journal.forgotten.has(number))) return;
  // Of what the ledger could not note when it came, a message that expires leaves no trace.
  if (isExpired && faults.everStrike('ledger')) return;
  journal.breaks(bookings > 0 ? 'untold' : 'lost', `${what} was paid, and is ${state ?? 'nowhere'}`);
}

/**
 * Whether a caller alone has used a number, posting one content after the other, and what it posted last is all that is
 * in the CRM under it: what comes late can then only be a copy of its own. The ledger never failed, as above.
 */
function isUncontested({ crm, faults, journal }: World, caller: string, number: string): boolean {
  const all = journal.promised.filter((one) => one.number === number);
  const isInTurn = all.every(
    ({ caller: whose, way, startedAt }, i) =>
      whose === caller && way === 'api' && startedAt > (all[i - 1]?.answeredAt ?? 0),
  );
  const contents = new Set(all.map(({ content }) => content));
  return (
    isInTurn &&
    !faults.everStrike('ledger') &&
    journal.contentsSent(caller, number) === contents.size &&
    crm.orders
      .filter((order) => order.number === number)
      .every((order) => order.isOurs && order.content === all.at(-1)?.content)
  );
}

/** What is said to be in the order's place is there. */
function pointsAtWhatIsThere({ crm, journal, shape }: World, number: string, error: Outcome['error']): void {
  const isSaid = (reason: ReasonCode) => error?.reasons?.some(({ code }) => code === reason);
  // Where the CRM gives nothing to compare it is a guess.
  if (shape.crm.rows === 'whole' && isSaid('correction_too_late') && crm.ours(number).length === 0)
    journal.breaks('contradicted', `${number} is said to be in the CRM as it was before, and never was`);
  // Those that a person is to look at may be anybody's.
  const named = isSaid('unproven') ? undefined : /CRM-\d+/.exec(error?.message ?? '')?.[0];
  if (named !== undefined && crm.byId(named)?.number !== number)
    journal.breaks('contradicted', `${named} is said to be in the place of ${number}, ${crm.about(named)}`);
}

/** Answered or not: the other caller may have sent the very same. */
const isAnothersToo = (journal: Journal, caller: CallerName, number: string, content: Content): boolean =>
  journal.hasSent(caller === 'shop' ? 'bot' : 'shop', number, content);

/** Whoever refused it did not know of it: an operator has put it on the queue, in its caller's name. */
const isByHand = ({ promised }: Journal, caller: CallerName, number: string): boolean =>
  promised.some((one) => one.caller === caller && one.number === number && one.way === 'queue');

/** Of two callers nobody can say whose it is that has come without a name. */
const isNobodysAmongTwo = (journal: Journal, number: string): boolean =>
  isNobodysToo(journal, number) && journal.hasSent('shop', number) && journal.hasSent('bot', number);

const isNobodysToo = ({ promised }: Journal, number: string): boolean =>
  promised.some((one) => one.number === number && one.caller === undefined);

interface Owner {
  caller: CallerName;
  number: string;
  /** In the order in which they were promised. */
  contents: Content[];
}

function ownersIn({ journal }: World): Owner[] {
  const owners = new Map<string, Owner>();
  for (const { caller, number, content } of journal.promised) {
    if (caller === undefined) continue;
    const owner = owners.get(`${caller} ${number}`) ?? { caller, number, contents: [] };
    owner.contents.push(content);
    owners.set(`${caller} ${number}`, owner);
  }
  return [...owners.values()];
}

/** Whoever was promised an order asks for it now, and looks at what it was told. */
async function neverAMystery({ world, told }: End, { caller, number, contents }: Owner): Promise<void> {
  const { crm, journal } = world;
  const about = `${number} of the ${caller}`;
  const view = await ask(world, caller, number);
  // Nobody took it for as long as a message lives, and the ledger was down when it came: it left no trace.
  if (view?.status === 404 && contents.every((content) => isExpired(world.queues, number, content))) return;
  // Erased by an operator before anybody knew of it.
  if (view?.status === 404 && journal.forgotten.has(number)) return;
  if (view?.status !== 200) {
    journal.breaks('unreadable', `${about} was promised, and is asked for: ${view?.status ?? 'no answer'}`);
    return;
  }
  const { state, crm_order_id, error } = view.body;
  const tells = told.filter((one) => one.submitted_by === caller && one.external_id === number);
  if (state === 'synced') {
    const order = crm.byId(crm_order_id);
    if (wasAssumed(world, number)) return;
    if (!order?.isOurs || !journal.hasSent(caller, number, order.content)) {
      journal.breaks('contradicted', `${about} is said to be ${crm_order_id}, ${crm.about(crm_order_id)}`);
    } else if (isOutdated(world, caller, number, order.content) && !tells.some(saysThatItIsTooLate)) {
      journal.breaks(
        'contradicted',
        `${about} is said to be ${crm_order_id}, which is what it was before its correction`,
      );
    } else if (
      !tells.some((tell) => tell.crm_order_id === crm_order_id) &&
      !journal.hasHeard(caller, number, state)
    ) {
      journal.breaks('untold', `${about} is synced, and its owner was not told`);
    }
    return;
  }
  if (state !== 'parked' && state !== 'rejected') {
    journal.breaks('unsettled', `${about} is ${state}, and nothing happens any more`);
    return;
  }
  if ((error?.explanations ?? []).length === 0) {
    journal.breaks('unreadable', `${about} is ${state}, for no reason`);
  }
  if (!tells.some(({ type }) => type === state) && !journal.hasHeard(caller, number, state)) {
    journal.breaks('untold', `${about} is ${state}, and its owner was not told`);
  }
  const live = crm.ours(number).find((order) => !order.isDeleted && order.content === contents.at(-1));
  if (
    live !== undefined &&
    !saysThatItMayBeThere(error) &&
    // Of two things that a caller has sent, nobody knows in which order, one may stand in the other's way.
    !(journal.contentsSent(caller, number) > 1 && saysThatOneIsThere(error)) &&
    !isNobodysAmongTwo(journal, number) &&
    !isAnothersToo(journal, caller, number, live.content)
  ) {
    journal.breaks('contradicted', `${about} is ${state}, and the CRM has it as ${live.id}`);
  }
}

/** Its correction has found the number taken, whoever told it so. */
const saysThatItIsTooLate = ({ error }: Outcome): boolean =>
  (error?.reasons ?? []).some(({ code }) => code === 'correction_too_late' || code === 'number_taken');

const saysThatOneIsThere = (error: { explanations?: { reason: string }[] } | null): boolean =>
  (error?.explanations ?? []).some(
    ({ reason }) =>
      reason === 'duplicate_in_crm' || reason === 'number_taken' || reason === 'correction_too_late',
  );

const saysThatItMayBeThere = (error: { explanations?: { reason: string }[] } | null): boolean =>
  (error?.explanations ?? []).some(
    ({ reason }) => reason === 'in_doubt' || reason === 'unproven' || reason === 'lost_track',
  );

function neverIndiscreet({ world: { journal, ledger }, told }: End): void {
  if (JSON.stringify([...ledger.values(), ...told]).includes(PERSONAL_NAME)) {
    journal.breaks('indiscreet', 'a name is in the ledger or in an outcome');
  }
}
