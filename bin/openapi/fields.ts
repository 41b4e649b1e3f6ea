import { REASON_CODES } from '../../lib/explanations/reasons.ts';
import { TEXTS } from '../../lib/explanations/texts.ts';
import { PROBLEMS, type ProblemCode } from '../../lib/intake/http.ts';
import { ORDER_STATES, type OrderState } from '../../lib/ledger/states.ts';
import type { Step } from '../../lib/ledger/step.ts';
import { ORDER_STATUSES } from '../../lib/order/order.ts';
import { STATUS_MAPPING } from '../../lib/sitniks/orders/status.ts';

/** What the document says of a field: in words, or with what the zod schema leaves open (`format`, `minimum`, …). */
export type FieldNote = string | ({ description: string } & Record<string, unknown>);

export interface SchemaNote {
  description: string;
  /** Every field of the schema, by its name. */
  fields?: Readonly<Record<string, FieldNote>>;
}

const NO_CONTROL =
  'Stray spaces and invisible signs are taken out of it; control characters and line breaks are refused.';

const STATES: Readonly<Record<OrderState, string>> = {
  accepted: 'in the queue',
  syncing: 'being sent to the CRM',
  synced: 'in the CRM, as `crm_order_id`',
  retrying: 'an attempt has failed; the next one comes by itself',
  in_doubt:
    'sent, but what came of it is not known; it is looked up in the CRM before anything is created again',
  rejected: 'its content is wrong: correct it, and send it again under its own number',
  parked:
    'set aside, with `error`: somebody has to mend something, or it comes back by itself once it has passed',
};

/** Steps that are no state. */
const STEPS: Readonly<Record<Exclude<Step['step'], OrderState>, string>> = {
  restarted: 'it was sent afresh after it had been rejected or parked',
  returned: 'it was sent back from where it had been parked',
  conflict: 'another order came under its number, and was set aside',
  status_asked: 'it is to be in the `status` named here',
  status_changed: 'the CRM has it in the `status` named here',
  status_not_changed: 'the CRM did not take the `status` named here, for these `reasons`',
  payment_booked: 'the CRM has a payment of this `amount`',
  payment_not_booked: 'the CRM does not have a payment of this `amount`, or may not, for these `reasons`',
};

const PAYMENTS = 'What was paid, as far as that was said here. Not there where nothing was.';

const listOf = <T extends string>(names: readonly T[], sayingOf: (name: T) => string): string =>
  names.map((name) => `- \`${name}\`: ${sayingOf(name)}`).join('\n');

const STEP_NAMES = [
  'restarted',
  'returned',
  'conflict',
  'status_asked',
  'status_changed',
  'status_not_changed',
  'payment_booked',
  'payment_not_booked',
] as const;

const isProblemCode = (name: string): name is ProblemCode => name in PROBLEMS;
const PROBLEM_CODES = Object.keys(PROBLEMS).filter(isProblemCode);

/** Of an order and of a status. */
const PAYMENT =
  'What was paid, with `PAID` only. Booked in the CRM once, where that is set up; otherwise told by `order.payment_not_booked`.';

const MORE_TO_COME = 'New ones may be added';

/**
 * What `docs/openapi.yaml` says of each named schema. Here, and not as metadata in `lib/`, because what stands there is
 * bundled into the functions.
 */
export const NOTES = {
  Order: {
    description:
      'An order. Fields that it does not have are refused by name: a misspelt `adress` must not vanish in silence. So is a field that comes twice, and nesting of more than 16 levels.',
    fields: {
      external_id:
        'Your own number of the order, and its identity everywhere: a repeat of it makes no second order. Nothing personal (never a phone): it is kept and logged.',
      source: { description: `Where it was ordered. ${NO_CONTROL}`, examples: ['telegram', 'instagram'] },
      customer: 'Who ordered.',
      delivery: 'Where it goes.',
      items: 'What was ordered: 1 to 100 entries.',
      payment_method: { description: `How it is paid. ${NO_CONTROL}`, examples: ['mono', 'cash'] },
      status: `How far it is; in the CRM: ${ORDER_STATUSES.map((status) => `\`${status}\` → ${STATUS_MAPPING[status]}`).join(', ')}.`,
      payment: PAYMENT,
    },
  },
  Customer: {
    description: 'Who ordered.',
    fields: {
      name: NO_CONTROL,
      phone:
        'Any way a Ukrainian writes it (`067 123 45 67`, `380671234567`), or an international number with `+`. It must be possible; an extension is refused. Sent on as E.164: `+380671234567`.',
      email:
        'Left out where it is not known. What is no address does not cost the order: it goes on without, and the answer says so in `omitted`.',
    },
  },
  Delivery: {
    description: 'Where the order goes.',
    fields: {
      method: { description: NO_CONTROL, examples: ['nova_poshta'] },
      city: NO_CONTROL,
      address: `The branch, or street and house. ${NO_CONTROL}`,
    },
  },
  Item: {
    description: 'One line of an order.',
    fields: {
      product_id: 'The product in the CRM. A number is sent on as text.',
      sku: `The variant's article number. ${NO_CONTROL}`,
      price: 'Of one piece, in hryvnia, with kopiykas as decimals: at most 2 of them.',
      quantity: 'Pieces.',
    },
  },
  ExternalId: {
    description:
      'The number that the submitter has given the order. Not `.` or `..`, which cannot stand in a path.',
  },
  OrderState: { description: `Where an order is:\n\n${listOf(ORDER_STATES, (state) => STATES[state])}` },
  Posted: {
    description: 'What became of a posted order.',
    fields: {
      external_id: 'As it was sent.',
      state: 'Where it is now.',
      duplicate: 'The same order was known already under this number. A repeat makes no second order.',
      crm_order_id: "The CRM's number of it, once it has one.",
      error: 'Why it is not in the CRM, where something has gone wrong. After `synced` it is null.',
      omitted:
        'What was sent and could not be used, so that the order went on without it: an e-mail address that is none. Not there where all was used.',
    },
  },
  StatusBody: {
    description: 'How far an order is to be.',
    fields: {
      status:
        "In the order of an order's life: `NEW`, `PENDING_PAYMENT`, `PAID`, `PROCESSING`. It never goes back.",
      payment: PAYMENT,
    },
  },
  Payment: {
    description: 'What was paid for an order.',
    fields: {
      amount:
        'Hryvnia, with kopiykas as decimals. An order has one payment of an amount: the same again is a repeat.',
      comment: `For the shop's books. Sent on, and kept nowhere. ${NO_CONTROL}`,
    },
  },
  PaymentView: {
    description: 'What was paid, and whether the CRM has it.',
    fields: {
      amount: 'Hryvnia.',
      state:
        '`waiting`: it is on its way, or its order is; `sending`: it is being sent; `booked`: the CRM has it; `in_doubt`: it may have it, and a person has to look; `not_booked`: it does not.',
      error: 'Why it is not there. Null where nothing has gone wrong.',
    },
  },
  StatusAccepted: {
    description: 'What became of a new status.',
    fields: {
      external_id: 'As it was sent.',
      state: 'Where the order is now. Before `synced` the status waits with it.',
      duplicate:
        'The order is as far already, or further, and nothing was paid that was not said before: nothing is done.',
      status: 'How far it is to be by now, and how far the CRM has it.',
      payments: PAYMENTS,
    },
  },
  OrderStatus: {
    description: "How far an order is in the shop's work.",
    fields: {
      wanted: 'The furthest that was asked for, whatever came late, twice or in the wrong order.',
      in_crm: 'How far the CRM has it. Null before it is there, and where that is not known.',
      error: 'Why the CRM does not have it as far as it is wanted. Null where nothing has gone wrong.',
    },
  },
  OrderView: {
    description: 'Where an order is, and what it has been through.',
    fields: {
      external_id: 'As it was sent.',
      state: 'Where it is now.',
      attempts: {
        description: 'Attempts at the CRM since it was last started afresh: at most 4.',
        type: 'integer',
        minimum: 0,
      },
      crm_order_id: "The CRM's number of it, once it has one.",
      error: 'What went wrong last. Null where nothing has, and after `synced`.',
      status: 'How far it is. Null of an order from before the status could follow.',
      payments: PAYMENTS,
      history:
        'Oldest first. At most 100 steps: where there were more, the first one and the last 99 are left.',
      links: { description: 'Where to go from here.' },
    },
  },
  Links: {
    description: 'Paths on this server.',
    fields: { self: { description: 'Of this order.', format: 'uri-reference' } },
  },
  Step: {
    description: 'One step in the life of an order.',
    fields: {
      at: { description: 'When it happened (UTC).', format: 'date-time' },
      step: `A state that it got into, or:\n\n${listOf(STEP_NAMES, (step) => STEPS[step])}`,
      attempt: { description: 'Which attempt at the CRM this was.', type: 'integer', minimum: 0 },
      error_type: 'As in `error.type`.',
      assumed:
        'Of `synced`: the CRM has an order under this number, and gives back nothing to compare; it is taken for this one, because it may have been sent.',
      status: 'Of `status_asked`, `status_changed` and `status_not_changed`: which.',
      amount: 'Of `payment_booked` and `payment_not_booked`: how much (hryvnia).',
      reasons: 'Why, by code, as in `explanations`.',
    },
  },
  OrderError: {
    description: 'Why an order is not in the CRM.',
    fields: {
      type: 'What kind of trouble, for a log. To branch on, there is `explanations[].reason`.',
      message:
        'For a developer. The words of the CRM are cleaned of personal data, and no further: they may quote what was ordered, markup and all. Escape it wherever it is shown as HTML or Markdown.',
      explanations: 'At least one. What the customer can put right comes first.',
    },
  },
  Explanation: {
    description: 'Why, in words that fit those who read them, in Ukrainian and in English.',
    fields: {
      reason: 'For a program to branch on.',
      pointers:
        'The fields it is about, as JSON Pointers in URI fragment form (`#/items/0/sku`); none where it is about no field.',
      who: 'Who must act: the one who ordered, the shop, whoever writes the bot; or `nobody`, because it passes by itself.',
      uk: 'In Ukrainian.',
      en: 'In English.',
    },
  },
  Words: {
    description: 'An explanation in one language. Plain text.',
    fields: {
      title: 'What is the matter, in a few words.',
      cause: 'How it came about.',
      todo: 'What whoever must act is to do.',
      customer: 'Can be sent to the customer as it is.',
    },
  },
  ReasonCode: {
    description: `Why an order is refused or delayed. A code keeps its meaning for ever. ${MORE_TO_COME}: take one that you do not know for \`unknown\`.\n\n${listOf(REASON_CODES, (code) => TEXTS[code].en.title)}`,
  },
  Problem: {
    description: 'Every answer that is a no (RFC 9457).',
    fields: {
      type: {
        description: `\`urn:sitniks-orders:problem:\` and a code. ${MORE_TO_COME}.\n\n${listOf(PROBLEM_CODES, (code) => `${PROBLEMS[code].title} (${PROBLEMS[code].status})`)}`,
        format: 'uri',
      },
      title: 'The same for every problem of this type.',
      status: { description: 'The status of the answer, again.', type: 'integer' },
      detail: 'What to do, for a developer. Never holds a value of the order.',
      instance: {
        description: '`urn:request:` and the id that this request has in the log.',
        format: 'uri',
      },
      errors: 'Of `invalid_order`: every field that is wrong, at once; at most 100.',
      state: 'Of `external_id_taken`: where the order is that has this number, if it is yours.',
      explanations: 'At least one. What the customer can put right comes first.',
    },
  },
  FieldError: {
    description: 'What is wrong with one field.',
    fields: {
      pointer: 'The field, as a JSON Pointer in URI fragment form (`#/items/0/sku`); `#` is the whole body.',
      code: {
        description: `Of the whole body \`invalid_json\`, \`invalid_utf8\`, \`too_deep\`; of a field \`required\`, \`invalid_type\`, \`unknown_field\`, \`duplicate_field\`, \`too_small\`, \`too_big\`, \`invalid_value\`, \`invalid_format\`, \`invalid_phone\`, \`control_character\`, \`invisible\`, \`too_many_decimals\`. ${MORE_TO_COME}.`,
      },
      detail: 'For a developer. Never holds the value.',
    },
  },
  Callback: {
    description: 'What has become of an order.',
    fields: {
      id: 'Names the event: the same event has the same id, however often it comes. The header `webhook-id` as well.',
      type: 'What has happened.',
      timestamp: {
        description: 'When it happened (UTC); when it is told is in a header.',
        format: 'date-time',
      },
      data: 'The order.',
    },
  },
  CallbackData: {
    description: 'The order that a callback is about.',
    fields: {
      external_id:
        'As it was sent; null where a message on the queue did not even say which order it is. What was sent to `POST /orders` always has one.',
      attempts: {
        description: 'Attempts at the CRM since it was last started afresh.',
        type: 'integer',
        minimum: 0,
      },
      crm_order_id: "The CRM's number of it, once it has one.",
      status:
        'Of `order.status_changed`: how far the CRM has it. Of `order.status_not_changed`: how far it was to be.',
      amount: 'Of `order.payment_*`: how much (hryvnia).',
      error: 'Why it is not in the CRM, or not as far as it was to be. Null where it is.',
    },
  },
} as const satisfies Record<string, SchemaNote>;

export type SchemaName = keyof typeof NOTES;
