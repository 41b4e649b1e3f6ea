import { setTimeout as pause } from 'node:timers/promises';

const TRIES = 20;

/**
 * Posts an order as a bot is to: what is not accepted for now (503), is sent again.
 *
 * @param pauseMs between two tries
 * @throws {Error} for any other answer than 2xx, and where it is not accepted in the end.
 */
export async function postOrder(api: string, order: object, pauseMs = 1000): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    const response = await fetch(`${api}/orders`, {
      method: 'POST',
      headers: { authorization: 'Bearer local', 'content-type': 'application/json' },
      body: JSON.stringify(order),
    });
    await response.body?.cancel();
    if (response.ok) return;
    if (response.status !== 503 || tries === TRIES) throw new Error(`POST /orders: ${response.status}`);
    await pause(pauseMs);
  }
}
