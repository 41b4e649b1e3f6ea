import type { OrderStatus } from '../../lib/order/order-status.ts';

/** What runs in containers; an operator's command line among them. */
export type FunctionName = 'acceptOrder' | 'getOrder' | 'syncOrders' | 'tendDeadLetters' | 'operator';

/** Who posts orders. Each numbers its orders by itself, so that the same number can be two orders. */
export type CallerName = 'shop' | 'bot';

/**
 * What an order says, by a name: its SKU. What starts with `bad` the CRM refuses; the same name of two orders is the
 * same content, whoever sends it.
 */
export type Content = string;

interface At {
  /** ms from the beginning. */
  at: number;
}

/** As the CRM has an order: one of ours, or one that only the shop knows. */
export type StatusInCrm = OrderStatus | 'own';

/** What somebody does. */
export type Deed = At &
  (
    | {
        does: 'post';
        caller: CallerName;
        number: string;
        content: Content;
        waitSeconds: number;
        /** `NEW` unless told. */
        status?: OrderStatus;
      }
    /** A caller says how far an order is, and, of `PAID`, perhaps what was paid (hryvnia; the order costs 100). */
    | { does: 'say_status'; caller: CallerName; number: string; status: OrderStatus; amount?: number }
    | { does: 'ask'; caller: CallerName; number: string }
    /** An operator puts an order on the queue: with the name of whose it is, or without. */
    | { does: 'submit'; number: string; content: Content; caller: CallerName | undefined }
    /** The shop's site puts an order of its own into the CRM, under a number that the relay's callers use too. */
    | { does: 'others_order'; number: string }
    | { does: 'remove_others_order'; number: string }
    /** A manager deletes an order of ours in the CRM. */
    | { does: 'delete_in_crm'; number: string }
    /** A manager moves an order of ours on in the CRM; `own`: to a status of the shop's own. */
    | { does: 'move_in_crm'; number: string; status: StatusInCrm }
    /** An operator sends all dead letters of a number back; `dies`: between sending and deleting. */
    | { does: 'redrive'; number: string; dies: boolean }
    /** In the console: every message back to where it came from, with what is on it (StartMessageMoveTask). */
    | { does: 'move_all' }
    | { does: 'forget'; number: string }
    /** One more run of `tendDeadLetters`, beside whatever run there is. */
    | { does: 'tend' }
    | { does: 'rotate_key'; secretLagsMs: number }
  );

export type CrmFault =
  | 'refused'
  | 'reset'
  | 'lost'
  | 'hang'
  | 'hang_commit'
  | 'late'
  | 'late_reset'
  | 'busy'
  | 'failed'
  | 'failed_commit'
  | 'html'
  | 'no_id'
  | 'wrong_id'
  | 'stalled'
  | 'slow'
  | 'forbidden';
export type SearchFault = 'refused' | 'hang' | 'failed' | 'head' | 'busy' | 'html';
export type SqsFault = 'down' | 'lose' | 'repeat';
export type QueueFault = 'duplicate' | 'late' | 'reappear' | 'half';
export type LedgerFault = 'down' | 'throttle' | 'lose' | 'repeat';

export interface FaultKinds {
  crm: CrmFault;
  search: SearchFault;
  sqs: SqsFault;
  queue: QueueFault;
  ledger: LedgerFault;
  secrets: 'down';
  /** Nothing is taken from the orders queue. */
  mapping: 'off';
}

/** For a while, a share of the calls of a service fails in one way. */
export type Trouble = At &
  {
    [S in keyof FaultKinds]: { trouble: S; kind: FaultKinds[S] };
  }[keyof FaultKinds] & { ms: number; share: number };

/** What happens to a function: at one of its calls from then on, the one after `skip` others. */
export type Blow = At & {
  blow: 'death' | { freezeMs: number } | { clockTo: number };
  of: FunctionName;
  /** Only calls whose label has this in it. */
  call: string;
  skip: number;
  /** Has the call been carried out? */
  when: 'before' | 'after';
};

export type Happening = Deed | Trouble | Blow;

/** Which of the CRM's APIs is spoken. */
export type Dialect = (typeof DIALECTS)[number];
export const DIALECTS = ['orders', 'open-api'] as const;

/** How one account of the live Open API behaves. */
export interface OpenApiHabits {
  filters: 'heeded' | 'ignored';
  /** Does it give back the number that an order was sent with? */
  echo: boolean;
  /** Rows on a page, however many are asked for. */
  mostRows: number;
  /** Calls that a key may make in 10 s. */
  calls: number;
}

/** What holds for a whole run. */
export interface Shape {
  /** No clock is further than this from the true time. */
  skewMs: number;
  /** An order that the CRM takes can be found by its search within this, counted from when it was asked to create it. */
  foundWithinMs: number;
  /** Receives after which SQS moves a message by itself. */
  maxReceives: number;
  crm: {
    search: 'exact' | 'contains';
    rows: 'whole' | 'ids';
    /** Does it say how many there are? Does it know of pages at all, or give the first again and again? */
    pages: 'counted' | 'uncounted' | 'ignored';
    /** Which of them come first. */
    sort: 'newest' | 'oldest';
    /** Takes no second order under a number that it has. */
    isUnique: boolean;
    heedsIdempotencyKey: boolean;
    /** How many orders of others it has whose numbers have `42` in them. */
    crowd: number;
    /** It speaks the live Open API; missing: the contract. */
    openApi?: OpenApiHabits;
    /** Of a story in which statuses and payments follow. */
    follows?: {
      /** Can one order be asked for? The contract does not say so. */
      isAskable: boolean;
      /** Has the account one to book payments on? */
      books: boolean;
    };
  };
}

export interface Story {
  seed: number;
  shape: Shape;
  happenings: readonly Happening[];
}

export const isDeed = (happening: Happening): happening is Deed => 'does' in happening;
export const isTrouble = (happening: Happening): happening is Trouble => 'trouble' in happening;
export const isBlow = (happening: Happening): happening is Blow => 'blow' in happening;
