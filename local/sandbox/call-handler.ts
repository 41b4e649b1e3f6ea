import type { FastifyReply, FastifyRequest } from 'fastify';
import type { CallKind } from './faults.ts';
import { type Answer, answer, type EditOrder, type Exchange, playFault } from './play-fault.ts';
import type { SandboxState } from './state.ts';

/** Answers calls to the CRM: checks the key, and plays the faults that have been set or drawn. */
export function callHandler(
  { calls, faults, chaos, settings, later }: SandboxState,
  unauthorized: () => Answer,
  refuse?: Exchange['refuse'],
) {
  return function handle(
    request: FastifyRequest,
    reply: FastifyReply,
    kind: CallKind,
    externalId: string | undefined,
    authorized: (edit: EditOrder) => Answer,
  ): void {
    calls.note(request, { external_id: externalId });
    const process: Exchange['process'] = (edit = (order) => order) =>
      request.headers.authorization === `Bearer ${settings.apiKey}` ? authorized(edit) : unauthorized();
    // The lot is drawn in any case, so that a fault set by hand does not shift the ones after it.
    const drawn = chaos.draw(kind);
    const fault = faults.take(kind, externalId) ?? drawn;
    if (fault) {
      calls.note(request, { fault: fault.fault });
      playFault({ reply, body: request.body, process, later, ...(refuse && { refuse }) }, fault);
    } else {
      answer(reply, process());
    }
  };
}
