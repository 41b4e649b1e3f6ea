import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { AcceptOrderDeps } from '../../lib/intake/accept-order.ts';
import { Problem } from '../../lib/intake/http.ts';
import { createLedger } from '../../lib/ledger/ledger.ts';
import type { OrderAttributes } from '../../lib/queues/codec.ts';
import { NOW } from './memory-consumer.ts';
import { memoryTable } from './memory-table.ts';
import { recordingLog } from './recording-log.ts';

/** What an error of AWS may hold, and nobody is to read. */
export const DOWN = new Error('down, and with a tell-tale');

export interface Answered {
  status: number;
  headers: APIGatewayProxyStructuredResultV2['headers'];
  body: unknown;
}

/** An answer with its body read, or the problem that is thrown to be answered. */
export const answered = (answer: Promise<APIGatewayProxyStructuredResultV2>): Promise<Answered | Problem> =>
  answer.then(
    ({ statusCode = 0, headers, body = '' }) => ({ status: statusCode, headers, body: JSON.parse(body) }),
    (error) => {
      if (error instanceof Problem) return error;
      throw error;
    },
  );

/** The door with nothing but memory around it: time passes only while somebody waits. The caller is `bot`. */
export function memoryIntake() {
  const clock = { now: NOW };
  const now = () => clock.now;
  const table = memoryTable();
  const ledger = createLedger(table.client, { table: 'Ledger', now });
  const { log, lines } = recordingLog();
  const sends: { body: unknown; attributes: OrderAttributes | undefined }[] = [];
  /** How long each wait was. */
  const pauses: number[] = [];
  const deps = {
    caller: { name: 'bot', signingSecrets: [] },
    newerCaller: async () => undefined,
    queue: { send: async (body, attributes) => void sends.push({ body: JSON.parse(body), attributes }) },
    ledger,
    remainingMs: () => 20_000,
    log,
    now,
    async pause(ms) {
      pauses.push(ms);
      clock.now += ms;
    },
  } satisfies AcceptOrderDeps;
  return { deps, clock, table, ledger, lines, sends, pauses };
}
