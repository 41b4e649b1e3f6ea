import { sendBack } from '../../lib/dead-letters/send-back.ts';
import { contentHash } from '../../lib/order/content-hash.ts';
import { isFurther, readOrder } from '../../lib/order/order.ts';
import { ask, deadLetters, ledgerOf, orderOf, orders, post, sayStatus, tend } from './functions.ts';
import { hearAnswer, hearFollowing, hearView } from './heard.ts';
import type { CallerName, Deed } from './story.ts';
import type { World } from './world.ts';

/** By then an order is on the queue, and known to the ledger, however long its caller waits for more. */
const HANDED_OVER_MS = 250;

/** How long after a 202 a caller asks where its order is. */
const ASKS_AFTER_MS = [3000, 60_000, 600_000];

export function doDeed(world: World, deed: Deed): void {
  const { crm, time, random, journal, note } = world;
  switch (deed.does) {
    case 'post':
      void postUntilAnswered(world, deed);
      return;
    case 'say_status':
      void sayUntilAnswered(world, deed);
      return;
    case 'ask':
      void askOnce(world, deed.caller, deed.number);
      return;
    case 'submit':
      void submit(world, deed);
      return;
    case 'others_order': {
      const content = "somebody else's";
      crm.add(deed.number, content, { ...orderOf(deed.number, content) }, false);
      return;
    }
    case 'remove_others_order':
      for (const order of crm.orders) {
        if (!order.isOurs && order.number === deed.number) order.isDeleted = true;
      }
      note('the manager', `removes what is not ours under ${deed.number}`);
      return;
    case 'delete_in_crm':
      for (const order of crm.ours(deed.number)) order.isDeleted = true;
      note('the manager', `deletes our ${deed.number} in the CRM`);
      return;
    case 'move_in_crm':
      for (const order of crm.ours(deed.number)) {
        const { status } = order;
        if (status === 'own' || (deed.status !== 'own' && !isFurther(deed.status, status))) continue;
        order.status = deed.status;
        order.isMovedByHand = true;
        note('the manager', `moves ${order.id}, our ${deed.number}, to ${deed.status}`);
      }
      return;
    case 'redrive':
      void redrive(world, deed.number, deed.dies);
      return;
    case 'move_all':
      moveAll(world);
      return;
    case 'forget':
      for (const { id, body } of world.queues.deadLetters.messages.values()) {
        if (numberIn(body) === deed.number) world.queues.deadLetters.messages.delete(id);
      }
      journal.forgotten.add(deed.number);
      note('the operator', `erases the dead letters of ${deed.number}`);
      return;
    case 'tend':
      void tend(world);
      return;
    case 'rotate_key': {
      const key = `key-${random.fork(`key ${deed.at}`).between(2, 999_999)}`;
      crm.key = key;
      note('the manager', 'gives the CRM a new key');
      time.after(deed.secretLagsMs, () => {
        world.secret = key;
      });
    }
  }
}

const numberIn = (body: string): string | undefined => /"external_id":"([^"]*)"/.exec(body)?.[1];

/** A caller repeats what it got no clear answer to, and sends under a number of its own what it is told to. */
async function postUntilAnswered(
  world: World,
  { caller, number: wanted, content, waitSeconds, status }: Extract<Deed, { does: 'post' }>,
): Promise<void> {
  const resent = world.journal.resent.find(
    (one) => one.caller === caller && one.content === content && one.from === wanted,
  );
  const number = resent?.to ?? wanted;
  const { time, journal, note } = world;
  if (journal.hasSent(caller === 'shop' ? 'bot' : 'shop', number))
    world.seen('two callers sent under one number');
  if (journal.contentsSent(caller, number) > 0) world.seen('a caller sent again under its number');
  const order = orderOf(number, content, status);
  for (let tries = 1; tries <= 6; tries += 1) {
    const startedAt = time.now();
    journal.sends(caller, number, content);
    note(`the ${caller}`, `posts ${number} ${content}${waitSeconds > 0 ? `, waiting ${waitSeconds} s` : ''}`);
    const answer = await post(world, caller, order, waitSeconds);
    note(
      `the ${caller}`,
      `is answered ${answer?.status ?? 'nothing'} ${answer?.body['state'] ?? answer?.body['code'] ?? ''}`,
    );
    if (answer?.status === 200 || answer?.status === 202) {
      if (answer.status === 200) world.seen('a caller waited, and its order was there in time');
      // What is waited for was on the queue before.
      const answeredAt = time.now();
      const promisedAt = Math.min(answeredAt, startedAt + HANDED_OVER_MS);
      journal.promised.push({ caller, number, content, way: 'api', startedAt, promisedAt, answeredAt });
      if (status !== undefined) hearFollowing(world, { caller, number }, answer);
      hearAnswer(world, { caller, number, content }, answer);
      for (const ms of ASKS_AFTER_MS) time.after(ms, () => void askOnce(world, caller, number));
      return;
    }
    if (answer?.status === 409) {
      world.seen('a caller was told that the number is taken');
      if (number.endsWith('-own')) return;
      // As it is told to.
      const own = `${number}-own`;
      journal.resent.push({ caller, content, from: number, to: own });
      return postUntilAnswered(world, {
        at: 0,
        does: 'post',
        caller,
        number: own,
        content,
        waitSeconds,
        ...(status && { status }),
      });
    }
    await new Promise<void>((resolve) => time.after(2000 * tries, resolve));
  }
}

/** Of an order that it knows by the number that it has sent it under. */
async function sayUntilAnswered(
  world: World,
  { caller, number, status, amount }: Extract<Deed, { does: 'say_status' }>,
): Promise<void> {
  const { time, journal, note } = world;
  for (let tries = 1; tries <= 6; tries += 1) {
    note(
      `the ${caller}`,
      `says that ${number} is ${status}${amount === undefined ? '' : `, ${amount} paid`}`,
    );
    const said = { status, ...(amount !== undefined && { payment: { amount } }) };
    const answer = await sayStatus(world, caller, number, said);
    note(`the ${caller}`, `is answered ${answer?.status ?? 'nothing'} ${answer?.body['code'] ?? ''}`);
    if (answer?.status === 202) {
      world.seen(amount === undefined ? 'a caller said a status' : 'a caller said what was paid');
      journal.saidStatuses.push({ caller, number, status, ...(amount !== undefined && { amount }) });
      hearFollowing(world, { caller, number }, answer);
      for (const ms of ASKS_AFTER_MS) time.after(ms, () => void askOnce(world, caller, number));
      return;
    }
    if (answer?.status === 409) return;
    await new Promise<void>((resolve) => time.after(10_000 * tries, resolve));
  }
}

async function askOnce(world: World, caller: CallerName, number: string): Promise<void> {
  const answer = await ask(world, caller, number);
  if (answer === undefined) return;
  world.note(
    `the ${caller}`,
    `asks for ${number}: ${answer.status} ${answer.body['state'] ?? ''} ${answer.body['crm_order_id'] ?? ''}`,
  );
  if (answer.status !== 200) return;
  hearView(world, { caller, number }, answer);
  hearFollowing(world, { caller, number }, answer);
}

async function submit(
  world: World,
  { number, content, caller }: Extract<Deed, { does: 'submit' }>,
): Promise<void> {
  const startedAt = world.time.now();
  await world
    .inContainer('operator', 60_000, async (container) => {
      const order = orderOf(number, content);
      const known = await ledgerOf(container).get(number);
      if (known !== undefined && known.state !== 'rejected' && known.state !== 'parked') return;
      if (known !== undefined && known.content_hash !== hashOf(order)) return;
      if (caller !== undefined) world.journal.sends(caller, number, content);
      await orders.send(JSON.stringify(order), caller === undefined ? {} : { submitted_by: caller });
      const promisedAt = world.time.now();
      const promised = { caller, number, content, way: 'queue', startedAt, promisedAt } as const;
      world.journal.promised.push({ ...promised, answeredAt: promisedAt });
    })
    .catch(() => undefined);
}

function hashOf(order: object): string | undefined {
  const reading = readOrder(JSON.stringify(order));
  return reading.ok ? contentHash(reading.order) : undefined;
}

/** As `orders redrive` does: sends what it has in hand, unless the order has moved on, and deletes it after. */
async function redrive(world: World, number: string, dies: boolean): Promise<void> {
  await world
    .inContainer('operator', 600_000, async (container) => {
      const ledger = ledgerOf(container);
      const inHand = await deadLetters.receive(120);
      const version = (await ledger.get(number))?.version;
      for (const letter of inHand.filter(({ external_id }) => external_id === number)) {
        const record = await ledger.get(number);
        if (record?.version !== version) break;
        await sendBack(letter, record, { body: letter.body, redriven: 1 }, orders);
        world.seen('an operator sent a letter back');
        if (dies) return container.kill('the operator closes the laptop');
        await deadLetters.delete([letter]);
        break;
      }
      await deadLetters.hide(
        inHand.filter(({ external_id }) => external_id !== number),
        0,
      );
    })
    .catch(() => undefined);
}

/** New messages, with all that is on the old ones. */
function moveAll(world: World): void {
  const { deadLetters: from, orders: to } = world.queues;
  world.note('the operator', 'moves all dead letters back in the console');
  for (const { id, body, attributes, visibleAt } of from.messages.values()) {
    if (visibleAt > world.time.now()) continue;
    from.messages.delete(id);
    to.send(body, attributes);
    world.seen('the console moved a letter back');
  }
}
