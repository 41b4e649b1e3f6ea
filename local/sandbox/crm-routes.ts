import type { FastifyInstance } from 'fastify';
import * as z from 'zod';
import { callHandler } from './call-handler.ts';
import { fieldErrors } from './field-errors.ts';
import { type SandboxOrder, STATUS_TITLES, sandboxPayload } from './orders.ts';
import type { SandboxState } from './state.ts';

const listQuery = z.object({
  external_id: z.string().optional(),
  limit: z.coerce.number().int().positive().catch(20),
  page: z.coerce.number().int().positive().catch(1),
});
const orderId = z.object({ id: z.coerce.number() });
const statusChange = z.looseObject({ status: z.enum(STATUS_TITLES) });
const identified = z.object({ external_id: z.string().optional() }).catch({});

/**
 * The CRM itself: `POST /api/orders` (contract A, the seed), `GET /api/orders`,
 * `GET /api/orders/{id}` and `PATCH /api/orders/{id}` (B: seen in the client that the seed documents).
 */
export function crmRoutes(app: FastifyInstance, state: SandboxState): void {
  const { orders, settings } = state;
  const handle = callHandler(state, () => ({ status: 401, body: { message: 'Invalid API key' } }));

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
    const { external_id, limit, page } = listQuery.parse(request.query);
    handle(request, reply, 'search', external_id, (edit) => {
      const found = orders.find(external_id, limit, page, settings.search).map((order) => edit(view(order)));
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

  app.patch('/api/orders/:id', (request, reply) => {
    const order = orders.get(orderId.parse(request.params).id);
    handle(request, reply, 'status', order?.body.external_id, (edit) => {
      const change = statusChange.safeParse(request.body);
      if (!change.success)
        return { status: 422, body: { message: 'Validation failed', errors: fieldErrors(change.error) } };
      if (!order) return { status: 404, body: { message: 'Order not found' } };
      return { status: 200, body: edit(view(orders.setStatus(order, change.data.status))) };
    });
  });

  // Where the fault `redirect` leads: what a client that follows takes for success.
  app.all('/login', (_request, reply) => reply.type('text/html; charset=utf-8').send('<h1>Вхід</h1>'));
}

const view = ({ id, body }: SandboxOrder) => ({ ...body, id });
