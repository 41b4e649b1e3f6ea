import { isFurther, type OrderStatus } from '../../order/order.ts';
import { parseJson } from '../../order/parse-json.ts';
import type { StatusSet } from '../result.ts';
import { failureOf, isSuccess } from '../statuses.ts';
import type { Call, Calling } from './calls.ts';
import { notRead } from './lists.ts';
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
  if (!seen.answer.answered || !isSuccess(seen.answer.status)) return notRead(seen.answer, 'orders/{id}');
  const { data: row } = orderRow.safeParse(
    seen.answer.body === undefined ? undefined : parseJson(seen.answer.body),
  );
  const current = statuses.ofTitle(row?.status?.title ?? '');
  if (current !== undefined && !isFurther(status, current)) return { ok: true, status: current };

  const put = await call(`${path}/status`, { method: 'PUT', body: { statusId: wireId(wanted.id) } }, calling);
  if (!put.ok) return put;
  if (put.answer.answered && isSuccess(put.answer.status)) return { ok: true, status };
  const failed = failureOf(put.answer, '');
  if (failed.type === 'VALIDATION') statuses.forget();
  return failed;
}
