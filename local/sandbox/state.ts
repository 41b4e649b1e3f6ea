import type { CallRecord } from './calls.ts';
import type { ChaosDraw } from './chaos.ts';
import type { FaultTable } from './faults.ts';
import type { OpenApiState } from './open-api-state.ts';
import type { OrderStore, Search } from './orders.ts';
import type { Exchange } from './play-fault.ts';

/** How the CRM wraps a list: `{ data: […] }`, `{ orders: […] }`, or the array alone (B knows all three). */
export const LIST_SHAPES = ['data', 'orders', 'bare'] as const;
export type ListShape = (typeof LIST_SHAPES)[number];

/** All that the sandbox keeps. */
export interface SandboxState {
  readonly orders: OrderStore;
  /** The other dialect's. */
  readonly openApi: OpenApiState;
  readonly calls: CallRecord;
  readonly faults: FaultTable;
  readonly chaos: ChaosDraw;
  readonly settings: { apiKey: string; listShape: ListShape; search: Search };
  readonly later: Exchange['later'];
}
