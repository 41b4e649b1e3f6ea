import { unmarshall } from '@aws-sdk/util-dynamodb';
import { type Outcome, outcomeSchema } from '../../lib/ledger/outcome.ts';
import { type LedgerRecord, recordSchema } from '../../lib/ledger/record.ts';
import type { ApiAnswer } from './functions.ts';
import { ask, PERSONAL_NAME } from './functions.ts';
import type { Promised } from './journal.ts';
import type { CallerName, Content } from './story.ts';
import type { World } from './world.ts';

/** What an answer says must be so in the CRM, and of what this caller has sent. */
export function checkAnswer(
  { crm, journal }: World,
  { caller, number, content }: { caller: CallerName; number: string; content: Content },
  { status, body }: ApiAnswer,
): void {
  if (body['state'] !== 'synced') {
    if (status === 200)
      journal.broken.push(`the ${caller} was answered 200 for ${number}, which is ${body['state']}`);
    return;
  }
  const order = crm.orders.find(({ id }) => id === body['crm_order_id']);
  if (order?.content !== content || !order.isOurs) {
    journal.broken.push(
      `the ${caller} posted ${number} ${content} and was told that it is ${body['crm_order_id']}, which is ${order?.content}`,
    );
  }
}

/** No GET contradicts the CRM. */
export function checkView(
  { crm, journal }: World,
  { caller, number }: { caller: CallerName; number: string },
  { body }: ApiAnswer,
): void {
  if (body['state'] !== 'synced') return;
  const order = crm.orders.find(({ id }) => id === body['crm_order_id']);
  if (!order?.isOurs || order.number !== number || !journal.hasSent(caller, number, order.content)) {
    journal.broken.push(
      `the ${caller} asked for ${number} and was told that it is ${body['crm_order_id']}, which is ${order === undefined ? 'nothing' : order.content}`,
    );
  }
}

/** Every promise, when all has come to rest. @returns what is broken, in words */
export async function brokenPromises(world: World): Promise<string[]> {
  const { crm, journal, queues, ledger } = world;
  const broken = [...journal.broken];
  const contentOf = (body: string) => /"sku":"([^"]*)"/.exec(body)?.[1];
  const numberOf = (body: string) => /"external_id":"([^"]*)"/.exec(body)?.[1];
  const letters = [...queues.deadLetters.messages.values()];
  const records = new Map<string, LedgerRecord>();
  for (const [number, item] of ledger) records.set(number, recordSchema.parse(unmarshall(item)));

  for (const { body } of queues.orders.messages.values()) {
    broken.push(`${numberOf(body)} ${contentOf(body)} is still on its way when all is well again`);
  }

  // Never doubled.
  const numbers = new Set(crm.orders.map(({ number }) => number));
  for (const number of numbers) {
    const live = crm.ours(number).filter(({ isDeleted }) => !isDeleted);
    if (live.length > 1) {
      broken.push(
        `doubled: ${number} is in the CRM as ${live.map(({ id, content }) => `${id} (${content})`).join(' and ')}`,
      );
    }
    const starts = [...queues.orders.sentBodies, ''].filter((body) => numberOf(body) === number).length;
    const creations = crm.creations.get(number) ?? 0;
    if (creations > 4 * Math.max(1, starts)) {
      broken.push(`${number} was sent to the CRM ${creations} times, for ${starts} starts`);
    }
  }

  for (const { caller, content, from, to } of journal.resent) {
    const isAnothers = journal.promised.some(
      (one) =>
        one.number === from && one.content === content && one.caller !== undefined && one.caller !== caller,
    );
    const live = [...crm.ours(from), ...crm.ours(to)].filter(
      (order) => !order.isDeleted && order.content === content,
    );
    if (live.length > 1 && !isAnothers) {
      broken.push(
        `doubled: the ${caller} was told to send ${from} ${content} as ${to}, and both are in the CRM`,
      );
    }
  }

  // Never lost.
  const isCorrected = ({ caller, number, content, promisedAt }: Promised) =>
    journal.promised.some(
      (other) =>
        other.number === number &&
        other.content !== content &&
        other.startedAt > promisedAt &&
        (caller === undefined || other.caller === caller),
    );
  for (const one of journal.promised) {
    const { caller, number, content } = one;
    const isInCrm = crm.ours(number).some((order) => order.content === content);
    const isLetter = letters.some(({ body }) => numberOf(body) === number && contentOf(body) === content);
    if (isInCrm || isLetter || isCorrected(one) || journal.forgotten.has(number)) continue;
    broken.push(`lost: ${number} ${content}, promised to ${caller ?? 'an operator'}`);
  }

  // Never a mystery.
  const told = [...queues.outcomes.messages.values()].map(({ body }) =>
    outcomeSchema.parse(JSON.parse(body)),
  );
  for (const { type, submitted_by, external_id, crm_order_id } of told) {
    const order = crm.orders.find(({ id }) => id === crm_order_id);
    if (submitted_by === undefined) continue;
    if (![...journal.sent].some((one) => one.startsWith(`${submitted_by} ${external_id} `))) {
      broken.push(`the ${submitted_by} was told of ${external_id}, which is not its own`);
    }
    if (type !== 'synced' && type !== 'recovered') continue;
    if (!order?.isOurs || !journal.hasSent(submitted_by, external_id, order.content)) {
      broken.push(
        `the ${submitted_by} was told that ${external_id} is ${crm_order_id}, which is ${order?.content}`,
      );
    }
  }
  const pairs = new Map<string, { caller: CallerName; number: string; contents: Content[] }>();
  for (const { caller, number, content } of journal.promised) {
    if (caller === undefined) continue;
    const pair = pairs.get(`${caller} ${number}`) ?? { caller, number, contents: [] };
    pair.contents.push(content);
    pairs.set(`${caller} ${number}`, pair);
  }
  for (const { caller, number, contents } of pairs.values()) {
    const view = await ask(world, caller, number);
    broken.push(...mysteries(world, { caller, number, contents }, view, told));
  }

  for (const [number, { state, error }] of records) {
    if (state !== 'synced' && state !== 'rejected' && state !== 'parked') {
      broken.push(`${number} is ${state} when nothing happens any more`);
    }
    if ((state === 'rejected' || state === 'parked') && (error?.reasons ?? []).length === 0) {
      broken.push(`${number} is ${state} without a reason`);
    }
  }
  if (JSON.stringify([...ledger.values(), ...told]).includes(PERSONAL_NAME)) {
    broken.push('a name is in the ledger or in an outcome');
  }
  world.mustBeSound();
  return broken;
}

function mysteries(
  { crm }: World,
  { caller, number, contents }: { caller: CallerName; number: string; contents: Content[] },
  view: ApiAnswer | undefined,
  told: readonly Outcome[],
): string[] {
  const about = `${number} of the ${caller}`;
  if (view?.status !== 200)
    return [`${about} was promised, and is asked for: ${view?.status ?? 'no answer'}`];
  const { state, crm_order_id, error } = view.body;
  const broken: string[] = [];
  const last = contents.at(-1);
  const live = crm.ours(number).find((order) => !order.isDeleted && contents.includes(order.content));
  const tells = told.filter((outcome) => outcome.submitted_by === caller && outcome.external_id === number);
  switch (state) {
    case 'synced': {
      const order = crm.orders.find(({ id }) => id === crm_order_id);
      if (order === undefined || !contents.includes(order.content) || !order.isOurs) {
        broken.push(`${about} is said to be ${crm_order_id}, which is ${order?.content}`);
      }
      if (!tells.some((tell) => tell.crm_order_id === crm_order_id)) {
        broken.push(`${about} is synced, and its owner was not told`);
      }
      break;
    }
    case 'parked':
    case 'rejected':
      if ((error?.explanations ?? []).length === 0) broken.push(`${about} is ${state}, for no reason`);
      if (!tells.some(({ type }) => type === state))
        broken.push(`${about} is ${state}, and its owner was not told`);
      if (live !== undefined && live.content === last) {
        broken.push(`${about} is ${state}, and the CRM has it as ${live.id}`);
      }
      break;
    default:
      broken.push(`${about} is ${state} when nothing happens any more`);
  }
  return broken;
}
