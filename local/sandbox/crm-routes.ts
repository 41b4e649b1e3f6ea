import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import * as z from 'zod';
import type { CallRecord } from './calls.ts';
import type { ChaosDraw } from './chaos.ts';
import type { CallKind, FaultTable } from './faults.ts';
import { fieldErrors } from './field-errors.ts';
import { type OrderStore, type SandboxOrder, sandboxPayload } from './orders.ts';
import { type Answer, answer, type EditOrder, type Exchange, playFault } from './play-fault.ts';

/** How the CRM wraps a list: `{ data: […] }`, `{ orders: […] }`, or the array alone (B knows all three). */
export const LIST_SHAPES = ['data', 'orders', 'bare'] as const;
export type ListShape = (typeof LIST_SHAPES)[number];

/** All that the sandbox keeps. */
export interface SandboxState {
  readonly orders: OrderStore;
  readonly calls: CallRecord;
  readonly faults: FaultTable;
  readonly chaos: ChaosDraw;
  readonly settings: { apiKey: string; listShape: ListShape };
  readonly later: Exchange['later'];
}

const listQuery = z.object({
  external_id: z.string().optional(),
  limit: z.coerce.number().int().positive().catch(20),
});
const orderId = z.object({ id: z.coerce.number() });
const identified = z.object({ external_id: z.string().optional() }).catch({});

/**
 * The CRM itself: `POST /api/orders` (contract A, the seed), `GET /api/orders` and
 * `GET /api/orders/{id}` (B: seen in the client that the seed documents).
 */
export function crmRoutes(app: FastifyInstance, state: SandboxState): void {
  const { orders, calls, faults, chaos, settings, later } = state;

  app.post('/api/orders', (request, reply) => {
    const { external_id } = identified.parse(request.body);
    handle(request, reply, 'create', external_id, (edit) => {
      const { data, error } = sandboxPayload.safeParse(request.body);
      if (error) return { status: 422, body: { message: 'Validation failed', errors: fieldErrors(error) } };
      const { id, body } = orders.add(data);
      return { status: 201, body: edit({ id, external_id: body.external_id, status: body.status }) };
    });
  });

  app.get('/api/orders', (request, reply) => {
    const { external_id, limit } = listQuery.parse(request.query);
    handle(request, reply, 'search', external_id, (edit) => {
      const found = orders.find(external_id, limit).map((order) => edit(view(order)));
      return { status: 200, body: settings.listShape === 'bare' ? found : { [settings.listShape]: found } };
    });
  });

  app.get('/api/orders/:id', (request, reply) => {
    const order = orders.get(orderId.parse(request.params).id);
    handle(request, reply, 'search', order?.body.external_id, (edit) =>
      order
        ? { status: 200, body: edit(view(order)) }
        : { status: 404, body: { message: 'Order not found' } },
    );
  });

  // Where the fault `redirect` leads: what a client that follows takes for success.
  app.all('/login', (_request, reply) => reply.type('text/html; charset=utf-8').send('<h1>Вхід</h1>'));

  function handle(
    request: FastifyRequest,
    reply: FastifyReply,
    kind: CallKind,
    externalId: string | undefined,
    authorized: (edit: EditOrder) => Answer,
  ): void {
    calls.note(request, { external_id: externalId });
    const process: Exchange['process'] = (edit = (order) => order) =>
      request.headers.authorization === `Bearer ${settings.apiKey}`
        ? authorized(edit)
        : { status: 401, body: { message: 'Invalid API key' } };
    // The lot is drawn in any case, so that a fault set by hand does not shift the ones after it.
    const drawn = chaos.draw(kind);
    const fault = faults.take(kind, externalId) ?? drawn;
    if (fault) {
      calls.note(request, { fault: fault.fault });
      playFault({ reply, body: request.body, process, later }, fault);
    } else {
      answer(reply, process());
    }
  }
}

const view = ({ id, body }: SandboxOrder) => ({ ...body, id });
