import fastify from 'fastify';
import { callRecord, type SandboxCall } from './calls.ts';
import { type ChaosInput, chaosDraw } from './chaos.ts';
import { controlRoutes } from './control-routes.ts';
import { crmRoutes } from './crm-routes.ts';
import { type FaultInput, faultTable, type SandboxFault } from './faults.ts';
import { openApiRoutes } from './open-api-routes.ts';
import {
  type OpenApiOrder,
  type OpenApiSwitchesInput,
  openApiState,
  openApiSwitches,
  type Transaction,
} from './open-api-state.ts';
import { EXACT_SEARCH, orderStore, type SandboxOrder, type SearchInput, searchInput } from './orders.ts';
import type { ListShape, SandboxState } from './state.ts';

export interface SandboxOptions {
  /** 0, the default, takes a free one. */
  port?: number;
  /** Default `127.0.0.1`. */
  host?: string;
  /** The key that is accepted at first; default `sandbox-key`. */
  apiKey?: string;
  /** Gets one line for each CRM call when it is over: method, path, order, fault, status. Nothing personal. */
  log?: (line: string) => void;
}

/** A running sandbox. Its functions do what the endpoints under `/_sandbox` do. */
export interface Sandbox {
  /** Without a slash at the end, e.g. `http://127.0.0.1:4010`. */
  readonly url: string;
  readonly port: number;
  /** What the CRM holds, oldest first. */
  orders(): readonly SandboxOrder[];
  /** Every request to the CRM, oldest first; also those to `/login`. */
  calls(): readonly SandboxCall[];
  /** @throws {z.ZodError} for settings that do not exist. */
  setFault(fault: FaultInput): SandboxFault;
  clearFaults(): void;
  /** `undefined` stops it. @throws {z.ZodError} for settings that do not exist. */
  setChaos(chaos: ChaosInput | undefined): void;
  setApiKey(key: string): void;
  setListShape(shape: ListShape): void;
  /** How the search by `external_id` does its work. @throws {z.ZodError} for switches that do not exist. */
  setSearch(search: SearchInput): void;
  /** The same CRM under `/open-api`, with the other dialect: its orders, oldest first. */
  openApiOrders(): readonly OpenApiOrder[];
  transactions(): readonly Transaction[];
  /** Which of the live API's traps are set. @throws {z.ZodError} for switches that do not exist. */
  setOpenApi(switches: OpenApiSwitchesInput): void;
  /** As after the start; what is still open is cut off, and late commits do not happen. */
  reset(): void;
  /** Ends at once, whatever is still open. */
  stop(): Promise<void>;
}

/** Starts a CRM that keeps the contract, and breaks it on demand. All is in memory. */
export async function startSandbox({
  port = 0,
  host = '127.0.0.1',
  apiKey = 'sandbox-key',
  log = () => {},
}: SandboxOptions = {}): Promise<Sandbox> {
  const timers = new Set<NodeJS.Timeout>();
  const state: SandboxState = {
    orders: orderStore(),
    openApi: openApiState(),
    calls: callRecord(log),
    faults: faultTable(),
    chaos: chaosDraw(),
    settings: { apiKey, listShape: 'data', search: EXACT_SEARCH },
    later(action, ms) {
      const timer = setTimeout(() => {
        timers.delete(timer);
        action();
      }, ms);
      timers.add(timer);
    },
  };
  const { orders, openApi, calls, faults, chaos, settings } = state;

  const clearTimers = () => {
    for (const timer of timers) clearTimeout(timer);
    timers.clear();
  };
  const mend = () => {
    openApi.mend();
    faults.clear();
    chaos.stop();
    settings.apiKey = apiKey;
    settings.listShape = 'data';
    settings.search = EXACT_SEARCH;
  };
  const reset = () => {
    clearTimers();
    orders.reset();
    openApi.reset();
    calls.reset();
    mend();
  };

  const app = fastify({ forceCloseConnections: true });
  app.register(async (control) => controlRoutes(control, state, { mend, reset }), { prefix: '/_sandbox' });
  app.register(async (crm) => {
    crm.addHook('onRequest', async (request, reply) => calls.add(request, reply));
    crm.addHook('onSend', async (request, reply) => calls.note(request, { status: reply.statusCode }));
    crm.setNotFoundHandler((_request, reply) => reply.code(404).send({ message: 'Not found' }));
    crmRoutes(crm, state);
  });
  app.register(
    async (crm) => {
      crm.addHook('onRequest', async (request, reply) => calls.add(request, reply));
      crm.addHook('onSend', async (request, reply) => calls.note(request, { status: reply.statusCode }));
      openApiRoutes(crm, state);
    },
    { prefix: '/open-api' },
  );
  const url = await app.listen({ port, host });

  return {
    url,
    port: Number(new URL(url).port),
    orders: orders.all,
    calls: calls.list,
    setFault: faults.set,
    clearFaults: faults.clear,
    setChaos: (input) => void (input ? chaos.set(input) : chaos.stop()),
    setApiKey: (key) => {
      settings.apiKey = key;
    },
    setSearch: (search) => {
      settings.search = { ...settings.search, ...searchInput.parse(search) };
    },
    setListShape: (shape) => {
      settings.listShape = shape;
    },
    openApiOrders: openApi.orders,
    transactions: openApi.transactions,
    setOpenApi: (switches) => void openApi.turn(openApiSwitches.parse(switches)),
    reset,
    async stop() {
      clearTimers();
      await app.close();
    },
  };
}
