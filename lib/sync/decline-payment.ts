import type { Failure } from '../explanations/failure.ts';
import { amend } from '../ledger/amend.ts';
import { RecordChanged } from '../ledger/ledger.ts';
import { declined, NO_ANSWER, paymentOf, unproven } from '../ledger/payments.ts';
import { ACKNOWLEDGE } from '../queues/batch.ts';
import { publishOutbox } from '../queues/publish-outbox.ts';
import { keepForPerson } from './payment-letters.ts';
import type { SettlePayment } from './sync-status.ts';

/** Where none is ever booked there is nothing to send again: that is told, and no letter is kept of it. */
export const declinePayment: SettlePayment = async (external_id, { amount }, message, deps) => {
  const { ledger, log, now = Date.now } = deps;
  const ends = { notSetUp: NOT_SET_UP, unproven: unproven(NO_ANSWER), isReturn: message.redriven > 0 };
  const record = await amend(ledger, external_id, (known) => declined(known, amount, ends, now()));
  if (record === undefined) throw new RecordChanged(`The record of ${external_id} is gone`);
  await publishOutbox(record, deps);
  switch (paymentOf(record, amount)?.state) {
    case 'booked':
      return ACKNOWLEDGE;
    // Sent when payments were booked here: whether it got there, a person has to see.
    case 'in_doubt':
      return keepForPerson(external_id, message, deps);
    default:
      log.warn('Payment not booked', { error_type: NOT_SET_UP.type, reasons: 'payment_not_set_up' });
      return ACKNOWLEDGE;
  }
};

/** The contract knows no payments, and an account may have none that they are booked on. */
const NOT_SET_UP: Failure = {
  type: 'CONFIGURATION',
  message: 'No payment is booked here: that needs the Open API, and settlementAccountId in its settings',
  reasons: [{ code: 'payment_not_set_up' }],
};
