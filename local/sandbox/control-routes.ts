import type { FastifyInstance } from 'fastify';
import * as z from 'zod';

import { FAULTS } from './faults.ts';
import { fieldErrors } from './field-errors.ts';
import { openApiSwitches } from './open-api-state.ts';
import { searchInput } from './orders.ts';
import { LIST_SHAPES, type SandboxState } from './state.ts';

const apiKeyInput = z.strictObject({ key: z.string().min(1) });
const orderId = z.object({ id: z.coerce.number() });
const listShapeInput = z.strictObject({ shape: z.enum(LIST_SHAPES) });

/**
 * What a person or a test does to the sandbox: look at orders and calls, set faults. No key is needed.
 * Wrong input is answered with 400, `errors` by field, and the list of faults.
 */
export function controlRoutes(
  app: FastifyInstance,
  { orders, openApi, calls, faults, chaos, settings }: SandboxState,
  { mend, reset }: { mend: () => void; reset: () => void },
): void {
  app.setErrorHandler((error, _request, reply) => {
    if (!(error instanceof z.ZodError)) return reply.send(error);
    return reply
      .code(400)
      .send({ message: 'Wrong input', errors: fieldErrors(error), allowed_faults: FAULTS });
  });

  app.get('/orders', () => [...orders.all(), ...openApi.orders()]);
  app.delete('/orders', (_request, reply) => {
    orders.clear();
    openApi.clear();
    return reply.code(204).send();
  });

  app.delete('/orders/:id', (request, reply) =>
    reply.code(orders.remove(orderId.parse(request.params).id) ? 204 : 404).send(),
  );
  app.patch('/orders/:id', (request, reply) => {
    const changes = z.record(z.string(), z.unknown()).parse(request.body);
    const changed = orders.change(orderId.parse(request.params).id, changes);
    return changed ?? reply.code(404).send();
  });

  app.get('/calls', () => calls.list());

  app.get('/faults', () => faults.list());
  app.post('/faults', (request, reply) => reply.code(201).send(faults.set(request.body)));
  app.delete('/faults', (_request, reply) => {
    faults.clear();
    return reply.code(204).send();
  });

  app.put('/chaos', (request) => chaos.set(request.body));
  app.delete('/chaos', (_request, reply) => {
    chaos.stop();
    return reply.code(204).send();
  });

  app.put('/api-key', (request, reply) => {
    settings.apiKey = apiKeyInput.parse(request.body).key;
    return reply.code(204).send();
  });
  app.put('/list-shape', (request, reply) => {
    settings.listShape = listShapeInput.parse(request.body).shape;
    return reply.code(204).send();
  });
  app.get('/search', () => settings.search);
  app.put('/search', (request) => {
    settings.search = { ...settings.search, ...searchInput.parse(request.body) };
    return settings.search;
  });
  app.get('/open-api', () => openApi.switches());
  app.put('/open-api', (request) => openApi.turn(openApiSwitches.parse(request.body)));
  app.get('/transactions', () => openApi.transactions());
  // What was broken is whole again; the orders, and the calls, stay.
  app.post('/mend', (_request, reply) => {
    mend();
    return reply.code(204).send();
  });
  app.post('/reset', (_request, reply) => {
    reset();
    return reply.code(204).send();
  });
}
