import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import type { Stack } from '../stack.ts';
import { DOWN, FAULT_BUTTONS, type FaultButton } from './faults.ts';
import { postOrder } from './post-order.ts';

const FAULT_NAMES = z.enum(
  Object.fromEntries(Object.keys(FAULT_BUTTONS).map((name) => [name, name])) as { [F in FaultButton]: F },
);

/** What the workshop's buttons do. */
export const actSchema = z.discriminatedUnion('act', [
  z.strictObject({ act: z.literal('sample'), kind: z.enum(['good', 'unknown_sku']) }),
  z.strictObject({ act: z.literal('burst') }),
  z.strictObject({ act: z.literal('fault'), name: FAULT_NAMES }),
  z.strictObject({ act: z.literal('clear') }),
  z.strictObject({ act: z.literal('down') }),
  z.strictObject({ act: z.literal('up') }),
  z.strictObject({ act: z.literal('rotate_key') }),
]);
export type Act = z.output<typeof actSchema>;

const BURST = 50;
const SAMPLES = { good: 'order.json', unknown_sku: 'order-unknown-sku.json' } as const;

export interface Workshop {
  /** @returns what is to be said of it, such as the numbers of the orders. */
  act(act: Act): Promise<{ external_ids: string[] }>;
}

export function workshop(stack: Stack, api: string, apiKeySecret: string): Workshop {
  let count = 0;
  // Of this run, so that a page that was left open shows no order of the run before as this one's.
  const run = randomUUID().slice(0, 4);

  async function post(kind: keyof typeof SAMPLES): Promise<string> {
    count += 1;
    const external_id = `${run}-${count}`;
    const sample = await readFile(new URL(`../../events/${SAMPLES[kind]}`, import.meta.url), 'utf8');
    await postOrder(api, { ...JSON.parse(sample), external_id });
    return external_id;
  }

  return {
    async act(one) {
      switch (one.act) {
        case 'sample':
          return { external_ids: [await post(one.kind)] };
        case 'burst':
          return { external_ids: await Promise.all(Array.from({ length: BURST }, () => post('good'))) };
        case 'fault':
          stack.sandbox.setFault({ ...FAULT_BUTTONS[one.name].fault });
          break;
        case 'clear':
        case 'up':
          stack.sandbox.clearFaults();
          break;
        case 'down':
          stack.sandbox.clearFaults();
          stack.sandbox.setFault(DOWN);
          break;
        case 'rotate_key': {
          const key = `sandbox-key-${randomUUID()}`;
          stack.secrets.set(apiKeySecret, key);
          stack.sandbox.setApiKey(key);
          break;
        }
      }
      return { external_ids: [] };
    },
  };
}
