import { outsideUrl } from '../lib/http-calls/outside-url.ts';
import { readPorts } from '../local/ports.ts';
import { ask } from './ask.ts';

/** Said by the commands' help. The same two variables as `docs/clients/order.sh` reads. */
export const WHICH_RELAY = `
Without RELAY_URL it asks what npm start runs on this machine, and without RELAY_TOKEN its caller demo asks.
Neither is an option: whatever stands on a command line, others on the machine can read.`;

/** Calls the API as a bot does, and prints its answer. */
export async function askApi(path: string, request: RequestInit = {}): Promise<void> {
  const { RELAY_URL, RELAY_TOKEN = 'local' } = process.env;
  const base = RELAY_URL ?? `http://localhost:${readPorts().API_PORT}`;
  // The token goes where the relay's own rule lets a key go, and nowhere else.
  const allowed = outsideUrl.safeParse(base);
  if (!allowed.success) {
    console.error(`RELAY_URL ${allowed.error.issues[0]?.message}: nothing was sent`);
    process.exitCode = 1;
    return;
  }
  const headers = { authorization: `Bearer ${RELAY_TOKEN}`, 'content-type': 'application/json' };
  const hint = RELAY_URL === undefined ? 'run npm start in another terminal' : 'is RELAY_URL right?';
  await ask(new URL(`${base.replace(/\/+$/, '')}${path}`), { ...request, headers }, hint);
}
