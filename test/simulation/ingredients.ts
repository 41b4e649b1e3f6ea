import type { Bounds } from './bounds.ts';
import type { Random } from './random.ts';
import type { Blow, CallerName, CrmFault, Deed, FunctionName, SearchFault, Trouble } from './story.ts';

export const callers: readonly CallerName[] = ['shop', 'shop', 'bot'];
export const contents: readonly string[] = ['red', 'red', 'blue', 'bad'];

export type MakeDeed = (random: Random, number: string, at: number) => Deed;
export type MakeTrouble = (random: Random, at: number) => Trouble;

export const post = (random: Random, number: string, at: number) => ({
  at,
  does: 'post' as const,
  caller: random.pick(callers),
  number,
  content: random.pick(contents),
  waitSeconds: random.pick([0, 0, 8, 20]),
});

export const DEEDS: readonly MakeDeed[] = [
  post,
  post,
  (random, number, at) => ({ at, does: 'ask', caller: random.pick(callers), number }),
  (random, number, at) => ({
    at,
    does: 'submit',
    number,
    content: random.pick(contents),
    caller: random.chance(0.5) ? random.pick(callers) : undefined,
  }),
  (_, number, at) => ({ at, does: 'others_order', number }),
  (_, number, at) => ({ at, does: 'remove_others_order', number }),
  (_, number, at) => ({ at, does: 'delete_in_crm', number }),
  (random, number, at) => ({ at, does: 'redrive', number, dies: random.chance(0.3) }),
  (_, _number, at) => ({ at, does: 'move_all' }),
  (_, number, at) => ({ at, does: 'forget', number }),
  (_, _number, at) => ({ at, does: 'tend' }),
  (random, _number, at) => ({ at, does: 'rotate_key', secretLagsMs: random.pick([0, 5000, 400_000]) }),
];

const STATUSES = ['PENDING_PAYMENT', 'PAID', 'PAID', 'PROCESSING'] as const;

/** What follows an order. */
export const FOLLOWING: readonly MakeDeed[] = [
  (random, number, at) => ({
    at,
    does: 'say_status',
    caller: random.pick(callers),
    number,
    status: random.pick(STATUSES),
  }),
  (random, number, at) => ({
    at,
    does: 'say_status',
    caller: random.pick(callers),
    number,
    status: 'PAID',
    amount: random.pick([100, 100, 60, 40, 500]),
  }),
  (random, number, at) => ({ ...post(random, number, at), status: random.pick(STATUSES) }),
  (random, number, at) => ({
    at,
    does: 'move_in_crm',
    number,
    status: random.pick(['PAID', 'PROCESSING', 'own'] as const),
  }),
];

export const CRM_FAULTS: readonly CrmFault[] = [
  'refused',
  'reset',
  'lost',
  'hang',
  'hang_commit',
  'late',
  'late_reset',
  'busy',
  'failed',
  'failed_commit',
  'html',
  'no_id',
  'wrong_id',
  'stalled',
  'slow',
  'forbidden',
];
const SEARCH_FAULTS: readonly SearchFault[] = ['refused', 'hang', 'failed', 'head', 'busy', 'html'];

const lasting = (random: Random) => ({
  ms: random.pick([1000, 10_000, 60_000, 300_000, 1_800_000]),
  share: random.pick([0.3, 0.7, 1]),
});

const crmTrouble: MakeTrouble = (random, at) => ({
  at,
  trouble: 'crm',
  kind: random.pick(CRM_FAULTS),
  ...lasting(random),
});

export const TROUBLES: readonly MakeTrouble[] = [
  crmTrouble,
  crmTrouble,
  (random, at) => ({ at, trouble: 'search', kind: random.pick(SEARCH_FAULTS), ...lasting(random) }),
  (random, at) => ({ at, trouble: 'sqs', kind: random.pick(['down', 'lose', 'repeat']), ...lasting(random) }),
  (random, at) => ({
    at,
    trouble: 'queue',
    kind: random.pick(['duplicate', 'late', 'reappear', 'half']),
    ...lasting(random),
  }),
  (random, at) => ({
    at,
    trouble: 'ledger',
    kind: random.pick(['down', 'throttle', 'lose', 'repeat']),
    ...lasting(random),
  }),
  (random, at) => ({ at, trouble: 'secrets', kind: 'down', ...lasting(random) }),
];

const FUNCTIONS: readonly FunctionName[] = [
  'syncOrders',
  'syncOrders',
  'syncOrders',
  'acceptOrder',
  'tendDeadLetters',
];

const CALLS = ['', 'POST', 'PutItem', 'PutItem', 'SendMessage', 'SendMessage dead-letters', 'DeleteMessage'];
/** Of what follows an order. */
export const FOLLOWING_CALLS = ['PUT', 'PATCH', 'transactions', 'PutItem synced', 'SendMessage'];

export function blow(random: Random, at: number, { stopMs }: Bounds, calls = CALLS): Blow {
  const call = random.pick(calls);
  const when = random.pick(['before', 'after'] as const);
  // Between the decision to call the CRM and the call itself no code can look at a clock.
  const isAtCall = when === 'before' && (call === '' || call === 'POST');
  const freezeMs = isAtCall ? stopMs : random.pick([3000, 20_000, 50_000]);
  return {
    at,
    blow: random.pick(['death', 'death', { freezeMs }, { clockTo: random.pick([-1, 1]) }] as const),
    of: random.pick(FUNCTIONS),
    call,
    skip: random.pick([0, 0, 1, 2, 3]),
    when,
  };
}
