import { orderError } from '../explanations/explain.ts';
import type { LedgerRecord } from '../ledger/record.ts';
import { phaseOf } from '../ledger/states.ts';
import type { OrderView } from './contract.ts';

/** The order's status as whoever submitted it is told of it. Null of an order from before it was written down. */
export function statusView({ state, status }: LedgerRecord): OrderView['status'] {
  if (status === undefined) return null;
  const { wanted, in_crm, error } = status;
  return {
    wanted,
    in_crm: (phaseOf(state) === 'in_crm' ? in_crm : undefined) ?? null,
    error: error === undefined ? null : orderError(error),
  };
}

/** What was paid for it, as far as that was to be booked in the CRM. */
export const paymentsView = ({ payments }: LedgerRecord): Pick<OrderView, 'payments'> =>
  payments === undefined
    ? {}
    : {
        payments: payments.map(({ amount, state, error }) => ({
          amount,
          state,
          error: error === undefined ? null : orderError(error),
        })),
      };
