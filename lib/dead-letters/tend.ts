import { setTimeout as sleep } from 'node:timers/promises';
import pMap from 'p-map';
import { type Log, nameOf } from '../lambda/observability.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Listing } from '../ledger/listing.ts';
import type { Invocation } from '../queues/batch.ts';
import type { OrdersQueue, OutcomesQueue } from '../queues/queues.ts';
import { allGotThrough } from './await-wave.ts';
import { bodyKeeper, type Held } from './bodies.ts';
import { type DeadLetterQueue, type InHand, takeAll } from './dead-letter-queue.ts';
import { type Judged, judge } from './judge.ts';
import { recordLostOrders } from './lost-orders.ts';
import { type Returning, returnsOf, toSendNow } from './redriven.ts';
import { sendBack } from './send-back.ts';
import { slowStart } from './slow-start.ts';

export interface TendDeadLettersDeps {
  deadLetters: Omit<DeadLetterQueue, 'park'>;
  queue: Pick<OrdersQueue, 'send'>;
  outcomes: OutcomesQueue;
  ledger: Pick<Ledger, 'get' | 'replace' | 'getAside' | 'putAside'>;
  listing: Pick<Listing, 'inPhase' | 'longestInPhase' | 'aside'>;
  log: Log;
  /** How long a letter waits before it may be the probe for the first time; each return in vain makes it 3 × as long. */
  returnBaseMs: number;
  /** How long a wave may go without one more of its orders getting through. */
  waveTimeoutMs: number;
  now?: () => number;
  pause?: (ms: number) => Promise<unknown>;
}

/** What a run did, in letters: it saw each of them, and did one of the next six things with it. */
export interface TendReport {
  seen: number;
  /** Copies of what is in the CRM. */
  removed: number;
  sent_back: number;
  /** For a person. */
  waiting: number;
  on_their_way: number;
  /** Would be sent back, but not yet: no probe was due, or it failed, or a wave did, or time ran out. */
  held_back: number;
  /** Left to the later version that has written their orders' records. */
  unreadable: number;
  /** Of those before: orders that SQS itself has moved, and that are recorded as parked now. */
  recorded: number;
  /** Of those before: neither deleted nor given back, because SQS would not. They show up again by themselves. */
  left_hidden: number;
  probe: 'succeeded' | 'failed' | 'none';
  /** Orders that are on no queue any more, and not in the CRM: their submitters are told. */
  lost: number;
  /** For how long the oldest of the orders under way has been; 0 where none is. */
  oldest_under_way_s: number;
}

type Counted = 'removed' | 'sent_back' | 'waiting' | 'on_their_way' | 'unreadable';

/** Of their bodies as many are kept as fit in memory; mostly time ends a scan first. */
const MOST_LETTERS = 10_000;
const READS_AT_ONCE = 10;
const SENDS_AT_ONCE = 10;
/** What is left of the invocation's time for giving back and the log line. */
const RESERVE_MS = 10_000;
/** Letters stay invisible for this much longer than the run can last. */
const VISIBILITY_MARGIN_SECONDS = 30;

/**
 * One run over the dead-letter queue: removes copies of what has arrived, leaves to a person what needs one, and sends
 * back what failed for a cause that passes, slowly at first.
 *
 * Every run finds out anew whether the cause has passed, with a probe of its own, even while an earlier run's probe is
 * still being retried: that one's letter is gone from here, so the run does not know of it and need not. It costs one
 * order more in flight, and of that order one return. `toSendNow` says which order that may be, so that a long outage
 * uses up no order's returns; and nothing is remembered from one run to the next that could be wrong.
 *
 * Sends first, deletes after. A crash in between leaves both, and the ledger lets only one of them create the order.
 *
 * @throws where SQS or the ledger fails: after giving back what it had in hand, and after the log line.
 */
export async function tendDeadLetters(
  invocation: Invocation,
  deps: TendDeadLettersDeps,
): Promise<TendReport> {
  const { deadLetters, ledger, now = Date.now } = deps;
  const log = deps.log.child({ request_id: invocation.awsRequestId });
  const remainingMs = () => invocation.getRemainingTimeInMillis() - RESERVE_MS;
  const report: TendReport = {
    seen: 0,
    removed: 0,
    sent_back: 0,
    waiting: 0,
    on_their_way: 0,
    held_back: 0,
    unreadable: 0,
    recorded: 0,
    left_hidden: 0,
    probe: 'none',
    lost: 0,
    oldest_under_way_s: 0,
  };
  const inHand = new Set<string>();
  const letGo = async (letters: readonly InHand[], how: 'delete' | 'give back') => {
    const failed = how === 'delete' ? await deadLetters.delete(letters) : await deadLetters.hide(letters, 0);
    for (const { receiptHandle } of letters) inHand.delete(receiptHandle);
    report.left_hidden += failed.length;
  };

  const stillInHand = () => [...inHand].map((receiptHandle) => ({ receiptHandle }));

  try {
    const scanUntilMs = (remainingMs() * 2) / 3;
    const receive: DeadLetterQueue['receive'] = async (seconds) => {
      const received = await deadLetters.receive(seconds);
      for (const { receiptHandle } of received) inHand.add(receiptHandle);
      return received;
    };
    const letters = await takeAll(
      { receive },
      {
        visibilitySeconds:
          Math.ceil(invocation.getRemainingTimeInMillis() / 1000) + VISIBILITY_MARGIN_SECONDS,
        most: MOST_LETTERS,
        mayGoOn: () => remainingMs() > scanUntilMs,
        hold: bodyKeeper(),
      },
    );
    report.seen = report.held_back = letters.length;

    const judged = await pMap(letters, (letter) => judge(letter, { ...deps, log, now }), {
      concurrency: READS_AT_ONCE,
    });
    report.recorded = judged.filter(({ isRecorded }) => isRecorded).length;
    const judgedAs = (verdict: Judged<Held>['verdict']) =>
      judged.filter((one) => one.verdict === verdict).map(({ letter }) => letter);
    const count = (as: Counted, letters: readonly Held[]) => {
      report[as] += letters.length;
      report.held_back -= letters.length;
      return letters;
    };

    const copies = count('removed', judgedAs('copy'));
    await letGo(copies, 'delete');
    for (const { external_id, messageId } of copies) {
      log.info('Dead letter removed: its order is in the CRM', { external_id, message_id: messageId });
    }
    // At once, not at the end: an operator should see them.
    await letGo(count('waiting', judgedAs('for_a_person')), 'give back');
    await letGo(count('on_their_way', judgedAs('on_its_way')), 'give back');
    await letGo(count('unreadable', judgedAs('unreadable')), 'give back');

    const returning = toSendNow(
      returnsOf(judged.filter(({ verdict }) => verdict === 'may_return')),
      deps.returnBaseMs,
      now(),
    );
    report.probe = await slowStart(returning, {
      mayGoOn: () => remainingMs() > deps.waveTimeoutMs,
      async sendWave(wave) {
        const sent: Returning[] = [];
        await pMap(
          wave,
          async (order) => {
            // Looked at again: a correction that came meanwhile must not be undone.
            const record = await ledger.get(order.external_id);
            if ((record?.version ?? 0) !== order.version) return;
            const { newest } = order;
            const { body, redriven } = newest;
            await sendBack(newest, record, { body, redriven: redriven + 1 }, deps.queue);
            log.info('Order sent back', { external_id: order.external_id, redriven: redriven + 1 });
            sent.push(order);
            await letGo(count('sent_back', order.letters), 'delete');
          },
          // The rest of the wave is sent even if one is not: what is under way must end here.
          { concurrency: SENDS_AT_ONCE, stopOnError: false },
        );
        return (
          sent.length > 0 &&
          allGotThrough(sent, {
            ...deps,
            mayGoOn: () => remainingMs() > 0,
            now,
            pause: deps.pause ?? sleep,
          })
        );
      },
    });
    await letGo(stillInHand(), 'give back');
    report.lost = await recordLostOrders({ ...deps, log, mayGoOn: () => remainingMs() > 0, now });
    const oldest = await deps.listing.longestInPhase('under_way');
    if (oldest) report.oldest_under_way_s = Math.max(0, Math.round((now() - Date.parse(oldest.at)) / 1000));
  } catch (error) {
    await letGo(stillInHand(), 'give back').catch(() => undefined);
    log.error('Dead letters not tended to the end', { ...report, error_name: nameOf(error) });
    throw error;
  }
  log.info('Dead letters tended', { ...report });
  return report;
}
