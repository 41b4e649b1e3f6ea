import { isFurther, type OrderStatus } from '../../order/order.ts';
import { parseJson } from '../../order/parse-json.ts';
import type { StatusSet } from '../result.ts';
import { SET_BY_HAND, statusNotSet } from '../status-not-set.ts';
import { isSuccess } from '../statuses.ts';
import type { Call, Calling } from './calls.ts';
import { notRead, unreadable } from './lists.ts';
import { orderRow } from './order-row.ts';
import { wireId } from './payload.ts';
import type { StatusIds } from './status-ids.ts';

/** `PUT /orders/{id}/status`, unless the order is as far, or further, already: a manager may have moved it. */
export async function setOrderStatus(
  crmOrderId: string,
  status: OrderStatus,
  { call, statuses }: { call: Call; statuses: StatusIds },
  calling: Calling,
): Promise<StatusSet> {
  const path = `orders/${encodeURIComponent(crmOrderId)}`;
  const wanted = await statuses.idOf(status, calling);
  if (!wanted.ok) return { ...wanted, mayHaveReachedCrm: false };

  const seen = await call(path, {}, calling);
  if (!seen.ok) return seen;
  if (seen.answer.answered && !isSuccess(seen.answer.status)) return statusNotSet(seen.answer);
  if (!seen.answer.answered) return notRead(seen.answer, 'orders/{id}');
  // Unseen, it may be further already.
  if (seen.answer.body === undefined) return unreadable(seen.answer.status, 'orders/{id}', 'an order');
  const { data: row } = orderRow.safeParse(parseJson(seen.answer.body));
  const title = row?.status?.title;
  const current = title === undefined ? undefined : (statuses.ofTitle(title) ?? 'foreign');
  if (current === 'foreign') return SET_BY_HAND;
  if (current !== undefined && !isFurther(status, current)) return { ok: true, status: current };

  const put = async (id: string): Promise<StatusSet> => {
    const called = await call(`${path}/status`, { method: 'PUT', body: { statusId: wireId(id) } }, calling);
    if (!called.ok) return called;
    const { answer } = called;
    return answer.answered && isSuccess(answer.status) ? { ok: true, status } : statusNotSet(answer);
  };
  const set = await put(wanted.id);
  if (set.ok || set.type !== 'VALIDATION') return set;
  // The id may be an old one: asked for anew, once.
  statuses.forget();
  const anew = await statuses.idOf(status, calling);
  return anew.ok && anew.id !== wanted.id ? put(anew.id) : set;
}
