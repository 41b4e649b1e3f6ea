import type { FastifyInstance } from 'fastify';
import * as z from 'zod';
import { callHandler } from './call-handler.ts';
import { badRequest, openApiOrder, refusalOf, statusChange, transaction } from './open-api-body.ts';
import { ACCOUNT } from './open-api-catalogue.ts';
import { listOrders, viewOf } from './open-api-list.ts';
import type { SandboxState } from './state.ts';

const paging = z.object({
  limit: z.coerce.number().int().positive().max(100).catch(20),
  skip: z.coerce.number().int().nonnegative().catch(0),
});
const byId = z.object({ id: z.coerce.number() });
const identified = z.object({ externalId: z.string().optional() }).catch({});
const bySku = z.object({ sku: z.string().optional() });

const NOT_FOUND = { status: 404, body: { statusCode: 404, message: 'Not Found' } };

/** Sitniks' live Open API, as public integrations show it, under `/open-api`; with its traps. */
export function openApiRoutes(app: FastifyInstance, state: SandboxState): void {
  const { openApi } = state;
  const handle = callHandler(
    state,
    () => ({ status: 401, body: { statusCode: 401, message: 'Unauthorized' } }),
    badRequest,
  );
  const statusOf = (id: unknown) => ACCOUNT.statuses.find((status) => status.id === id)?.id;
  const page = <T>(rows: readonly T[], query: unknown) => {
    const { limit, skip } = paging.parse(query);
    const from = openApi.switches().skip === 'heeded' ? skip : 0;
    return { status: 200, body: { data: rows.slice(from, from + limit), count: rows.length } };
  };

  // Shut before anything else is looked at.
  app.addHook('preHandler', async (_request, reply) => {
    const shutMs = openApi.shutFor(Date.now());
    if (shutMs === 0) return;
    if (openApi.switches().throttle?.retry_after)
      reply.header('retry-after', String(Math.ceil(shutMs / 1000)));
    await reply.code(429).send({ statusCode: 429, message: 'ThrottlerException: Too Many Requests' });
  });

  app.post('/orders', (request, reply) => {
    const { externalId } = identified.parse(request.body);
    handle(request, reply, 'create', externalId, (edit) => {
      const { data, error } = openApiOrder.safeParse(request.body);
      if (error) return refusalOf(error);
      const statusId = statusOf(data.statusId ?? ACCOUNT.statuses[0].id);
      if (statusId === undefined) return badRequest('status_must_be_valid');
      const ids = (data.products ?? data.offers ?? []).map((line) => line.productVariationId ?? line.itemId);
      if (!ids.every((id) => id === undefined || openApi.products().has(id)))
        return badRequest('product_variation_must_be_valid');
      const made = viewOf(openApi.add(data, statusId), openApi.switches());
      const { external_id, ...edited } = edit({ ...made, external_id: made.externalId });
      return { status: 201, body: { ...edited, externalId: external_id } };
    });
  });

  app.get('/orders', (request, reply) => {
    const { externalId } = identified.parse(request.query);
    handle(request, reply, 'search', externalId, () =>
      page(listOrders(openApi, request.query), request.query),
    );
  });

  for (const [path, rows] of Object.entries({ ...ACCOUNT, statuses: undefined })) {
    if (rows === undefined) continue;
    app.get(`/${path}`, (request, reply) => {
      handle(request, reply, 'search', undefined, () => page<unknown>(rows, request.query));
    });
  }
  app.get('/orders/statuses', (request, reply) => {
    handle(request, reply, 'search', undefined, () => page(ACCOUNT.statuses, request.query));
  });
  app.get('/products/variations', (request, reply) => {
    const { sku } = bySku.parse(request.query);
    if (sku !== undefined) openApi.products().learn(sku);
    const isAsked = openApi.switches().sku === 'heeded' && sku !== undefined;
    const rows = openApi
      .products()
      .all()
      .filter((variation) => !isAsked || variation.sku.includes(sku));
    handle(request, reply, 'search', undefined, () => page(rows, request.query));
  });

  app.get('/orders/:id', (request, reply) => {
    const order = openApi.get(byId.parse(request.params).id);
    handle(request, reply, 'search', order?.body.externalId, () =>
      order ? { status: 200, body: viewOf(order, openApi.switches()) } : NOT_FOUND,
    );
  });
  app.put('/orders/:id/status', (request, reply) => {
    const order = openApi.get(byId.parse(request.params).id);
    handle(request, reply, 'status', order?.body.externalId, () => {
      if (!order) return NOT_FOUND;
      const statusId = statusOf(statusChange.safeParse(request.body).data?.statusId);
      if (statusId === undefined) return badRequest('status_must_be_valid');
      openApi.setStatus(order.id, statusId);
      return { status: 200, body: viewOf(openApi.get(order.id) ?? order, openApi.switches()) };
    });
  });
  app.post('/transactions', (request, reply) => {
    const { data, error } = transaction.safeParse(request.body);
    const order = data && openApi.get(data.orderId);
    handle(request, reply, 'payment', order?.body.externalId, () => {
      if (error) return refusalOf(error);
      if (!order) return NOT_FOUND;
      return { status: 201, body: openApi.pay(data) };
    });
  });
}
