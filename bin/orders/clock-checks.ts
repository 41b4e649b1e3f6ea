import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import * as z from 'zod';
import { nameOf } from '../../lib/lambda/observability.ts';
import { type Check, type Finding, fine, wrong } from './check.ts';
import type { Relay } from './connect.ts';
import { NOBODYS_ORDER } from './crm-checks.ts';
import { pasteFor } from './paste.ts';

/** An operator's clock that is off spoils signatures (at 5 minutes) and `--since`. */
const MOST_SKEW_MS = 60_000;
const SET_CLOCK = 'sudo timedatectl set-ntp true && timedatectl';

/** By the `Date` of what they answer: SQS keeps the time by which messages are ordered, DynamoDB that by which records expire. */
export async function clockChecks(relay: Relay): Promise<Check[]> {
  const { sqs, dynamodb, ledger, ordersQueueUrl: QueueUrl } = relay;
  let date: string | undefined;
  const noted = <T extends { response: unknown }>(answer: T): T => {
    date = dated.safeParse(answer.response).data?.headers.date;
    return answer;
  };
  sqs.middlewareStack.add((next) => async (args) => noted(await next(args)), WHERE);
  dynamodb.middlewareStack.add((next) => async (args) => noted(await next(args)), WHERE);

  const compared = async (service: string, ask: () => Promise<unknown>): Promise<Finding> => {
    try {
      await ask();
      return judgeClock(service, Date.now(), date);
    } catch (error) {
      const again = pasteFor(relay).orders('doctor');
      return wrong(`${service} cannot be asked (${nameOf(error)})`, 'check the network', again);
    }
  };
  return [
    {
      name: 'clock',
      ...(await compared('SQS', () => sqs.send(new GetQueueAttributesCommand({ QueueUrl })))),
    },
    {
      name: 'clock of the ledger',
      ...(await compared('DynamoDB', () => ledger.get(NOBODYS_ORDER.external_id))),
    },
  ];
}

const dated = z.object({ headers: z.object({ date: z.string() }) });
const WHERE = { step: 'deserialize', name: 'date' } as const;

/**
 * @param now of this machine (epoch ms)
 * @param date as the service's answer has it
 */
export function judgeClock(service: string, now: number, date: string | undefined): Finding {
  const skewMs = now - Date.parse(date ?? '');
  if (Number.isNaN(skewMs)) return fine(`not compared: ${service} did not say what time it is`);
  const seconds = Math.round(Math.abs(skewMs) / 1000);
  return Math.abs(skewMs) <= MOST_SKEW_MS
    ? fine(`${seconds} s from that of ${service}`)
    : wrong(
        `${seconds} s ${skewMs > 0 ? 'ahead of' : 'behind'} that of ${service}`,
        'set the clock of this machine, or let it be set (NTP)',
        SET_CLOCK,
      );
}
