import type { ServerResponse } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { FaultName } from './faults.ts';

/** A request to the CRM, as it is shown and logged: no header but the one named, no body, no key. */
export interface SandboxCall {
  /** When it arrived: ISO 8601, UTC. */
  readonly at: string;
  readonly method: string;
  /** Without the query string. */
  readonly path: string;
  /** The order that was sent or asked for. */
  external_id?: string | undefined;
  /** What the client sent as `Idempotency-Key`. The sandbox does nothing with it. */
  idempotency_key?: string | undefined;
  /** The fault that was played. */
  fault?: FaultName;
  /** The status that was sent; none if there was no answer. */
  status?: number;
  /** `cut_off`: the connection ended, by either side, before a whole answer was sent. */
  outcome: 'pending' | 'answered' | 'cut_off';
}

/** Every request to the CRM since the start or the last reset, oldest first. */
export function callRecord(log: (line: string) => void) {
  let calls: SandboxCall[] = [];
  const byRequest = new WeakMap<FastifyRequest, SandboxCall>();
  const open = new Set<ServerResponse>();
  return {
    /** To be called when a request arrives, before anything else. */
    add(request: FastifyRequest, { raw }: FastifyReply): void {
      const call: SandboxCall = {
        at: new Date().toISOString(),
        method: request.method,
        path: request.url.replace(/\?.*$/s, ''),
        idempotency_key: request.headers['idempotency-key']?.toString(),
        outcome: 'pending',
      };
      calls.push(call);
      byRequest.set(request, call);
      open.add(raw);
      raw.once('close', () => {
        open.delete(raw);
        call.outcome = raw.writableFinished ? 'answered' : 'cut_off';
        log(line(call));
      });
    },
    /** Adds what has become known of a call. */
    note(
      request: FastifyRequest,
      news: Partial<Pick<SandboxCall, 'external_id' | 'fault' | 'status'>>,
    ): void {
      const call = byRequest.get(request);
      if (call) Object.assign(call, news);
    },
    list: (): readonly SandboxCall[] => calls.map((call) => ({ ...call })),
    /** Forgets all calls, and ends those that are still open. */
    reset(): void {
      calls = [];
      for (const raw of open) raw.destroy();
    },
  };
}

export type CallRecord = ReturnType<typeof callRecord>;

function line({ method, path, external_id, fault, status, outcome }: SandboxCall): string {
  return [
    method,
    path,
    external_id === undefined ? undefined : `external_id=${JSON.stringify(external_id)}`,
    fault && `fault=${fault}`,
    status,
    outcome === 'cut_off' ? 'cut off' : undefined,
  ]
    .filter((part) => part !== undefined)
    .join(' ');
}
