import * as z from 'zod';
import type { CapturedLine } from './captured-log.ts';

/** What a line may say of an order. */
const orderLineSchema = z.looseObject({
  message: z.string(),
  timestamp: z.iso.datetime().transform(Date.parse),
  attempt: z.number().optional(),
  redriven: z.number().optional(),
  in_doubt: z.boolean().optional(),
  error_type: z.string().optional(),
  reasons: z.string().optional(),
  delay_s: z.number().optional(),
  state: z.string().optional(),
  crm_order_id: z.string().optional(),
  event_type: z.string().optional(),
  order_status: z.string().optional(),
});
export type OrderLine = z.output<typeof orderLineSchema>;

export const linesOf = (lines: readonly CapturedLine[], id: string): OrderLine[] =>
  lines.filter(({ external_id }) => external_id === id).map((line) => orderLineSchema.parse(line));

/** The story of an order, as somebody would tell it who has its lines alone. */
export const storyIn = (lines: readonly OrderLine[]): string[] => lines.flatMap((line) => newsIn(line) ?? []);

function newsIn(line: OrderLine): string | undefined {
  const {
    message,
    attempt,
    error_type,
    reasons,
    state,
    in_doubt,
    delay_s,
    event_type,
    redriven,
    order_status,
  } = line;
  const why = `(${error_type}, ${reasons})`;
  switch (message) {
    case 'Order accepted':
      return 'accepted';
    case 'Order known already':
      return `posted again, while ${state}`;
    case 'Order taken in hand':
      return `${attempt}: taken in hand${in_doubt ? ', in doubt' : ''}`;
    case 'Order will be retried':
      return `${attempt}: ${in_doubt ? 'in doubt' : 'failed'} ${why}, again in ${delay_s} s`;
    case 'Order synced':
      return `${attempt}: synced`;
    case 'Order rejected':
    case 'Order parked':
      if (attempt === undefined) return `another came under its number: parked ${why}`;
      return `${attempt}: ${message.slice('Order '.length)} ${why}${in_doubt ? ', in doubt' : ''}`;
    case 'Order sent back':
      return `sent back, the ${redriven === 1 ? '1st' : '2nd'} time`;
    case 'Status accepted':
      return `to be ${order_status}`;
    case 'Status changed':
      return `is ${order_status}`;
    case 'Status not changed: parked':
      return `not ${order_status}: parked ${why}`;
    case 'Submitter told':
      return `told of ${event_type}`;
    default:
      return undefined;
  }
}
/** And as the ledger keeps it: the steps of its history, but for the times. */
export const stepsIn = (lines: readonly OrderLine[]) =>
  lines.flatMap(stepsOf).map((what, i, all) => {
    const isAnew = what.step === 'accepted' && all.slice(0, i).some(({ step }) => step === 'accepted');
    return isAnew ? { step: 'restarted' } : what;
  });

function stepsOf({
  message,
  attempt,
  error_type,
  reasons,
  in_doubt,
  order_status,
}: OrderLine): { step: string; [field: string]: unknown }[] {
  const why = { error_type, ...(reasons && { reasons: reasons.split(',') }) };
  switch (message) {
    case 'Order accepted':
      return [{ step: 'accepted' }];
    case 'Order taken in hand':
      return [{ step: 'syncing', attempt }];
    case 'Order will be retried':
      return [{ step: in_doubt ? 'in_doubt' : 'retrying', attempt, ...why }];
    case 'Order synced':
      return [{ step: 'synced', attempt }];
    case 'Order rejected':
    case 'Order parked':
      return attempt === undefined
        ? [{ step: 'conflict', reasons: why.reasons }]
        : [{ step: message.slice('Order '.length), attempt, ...why }];
    case 'Order sent back':
      return [{ step: 'returned' }];
    case 'Status accepted':
      return [{ step: 'status_asked', status: order_status }];
    case 'Status changed':
      return [{ step: 'status_changed', status: order_status }];
    case 'Status not changed: parked':
      return [{ step: 'status_not_changed', status: order_status, ...why }];
    default:
      return [];
  }
}
