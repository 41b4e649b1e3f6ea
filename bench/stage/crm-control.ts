import * as z from 'zod';
import type { FaultInput } from '../../local/sandbox/faults.ts';
import { send } from '../shop.ts';

const orders = z.array(
  z.object({
    received_at: z.iso.datetime().transform(Date.parse),
    body: z.object({ external_id: z.string() }).transform(({ external_id }) => external_id),
  }),
);

/** The sandbox CRM of a stack in another process, as a person breaks it and looks into it. */
export function crmControl(url: string) {
  return {
    async reset(): Promise<void> {
      await send('POST', `${url}/_sandbox/reset`, {});
    },
    async setFault(fault: FaultInput): Promise<void> {
      const status = await send('POST', `${url}/_sandbox/faults`, fault);
      if (status !== 201) throw new Error(`No such fault: ${status}`);
    },
    /** Every call takes so long from now on. */
    async slowDown(latency_ms: number): Promise<void> {
      await send('POST', `${url}/_sandbox/faults`, {
        fault: 'slow',
        latency_ms,
        times: 1_000_000,
        on: 'any',
      });
    },
    async orders(): Promise<z.output<typeof orders>> {
      const answer = await fetch(`${url}/_sandbox/orders`);
      return orders.parse(await answer.json());
    },
  };
}
export type CrmControl = ReturnType<typeof crmControl>;
