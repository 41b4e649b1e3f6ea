import * as z from 'zod';
import { depthOf, type QueueDepth } from '../queue-depth.ts';
import type { Stack } from '../stack.ts';
import { isDown } from './faults.ts';

/** What the workshop shows. All of it is test data. */
export interface WorkshopState {
  is_down: boolean;
  faults: readonly { fault: string; remaining: number }[];
  orders: readonly { id: string; external_id: string; status: string }[];
  calls: readonly { at: string; method: string; external_id: string; answer: string; fault: string }[];
  queues: readonly {
    name: 'OrdersQueue' | 'DeadLetterQueue' | 'OutcomesQueue';
    ready: number;
    in_hand: number;
  }[];
  /** What the shop's Telegram chat was told. */
  chat: readonly { at: string; text: string }[];
  /** What the bot was told, and what it would say to the customer. */
  told: readonly { at: string; external_id: string; type: string; customer: string }[];
}

const SHOWN = 20;
const newestFirst = <T>(all: readonly T[]): T[] => all.slice(-SHOWN).reverse();

export async function workshopState(stack: Stack): Promise<WorkshopState> {
  const { sandbox, receiver, resources, sqs, telegram } = stack;
  const faults = await faultsOf(sandbox.url);
  return {
    is_down: isDown(faults),
    faults: isDown(faults) ? [] : faults,
    orders: newestFirst(sandbox.orders()).map(({ id, body }) => ({
      id: String(id),
      external_id: text(body, 'external_id') || text(body, 'externalId'),
      status: text(body, 'status') || text(body, 'statusId'),
    })),
    calls: newestFirst(sandbox.calls()).map(
      ({ at, method, external_id = '', status, fault = '', outcome }) => ({
        at,
        method,
        external_id,
        answer: status === undefined ? outcome : String(status),
        fault,
      }),
    ),
    queues: await Promise.all(
      (['OrdersQueue', 'DeadLetterQueue', 'OutcomesQueue'] as const).map(async (name) => ({
        name,
        ...shown(await depthOf(sqs, resources.get(name)?.ref ?? '')),
      })),
    ),
    chat: newestFirst(telegram.messages()).map(({ at, text }) => ({ at, text })),
    told: newestFirst(receiver.events()).map(({ received_at, event }) => ({
      at: received_at,
      external_id: event.data.external_id ?? '',
      type: event.type,
      customer: event.data.error?.explanations[0]?.uk.customer ?? '',
    })),
  };
}

const faultsSchema = z.array(z.object({ fault: z.string(), remaining: z.number() }));
const faultsOf = async (sandbox: string) =>
  faultsSchema.parse(await (await fetch(`${sandbox}/_sandbox/faults`)).json());

const shown = ({ visible, inFlight, delayed }: QueueDepth) => ({
  ready: visible,
  in_hand: inFlight + delayed,
});

function text(body: object, name: string): string {
  const value: unknown = Object.getOwnPropertyDescriptor(body, name)?.value;
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
