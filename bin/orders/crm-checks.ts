import { WrongSettings } from '../../lib/config.ts';
import { nameOf } from '../../lib/lambda/observability.ts';
import type { Order } from '../../lib/order/order.ts';
import { UnusableSecret } from '../../lib/secrets/secret.ts';
import { readApiKey } from '../../lib/sitniks/api-key.ts';
import { type Check, type Finding, fine, wrong } from './check.ts';
import type { Relay } from './connect.ts';
import { crmOf } from './look-up.ts';
import { pasteFor } from './paste.ts';
import { settingsOf } from './settings.ts';

/** The key is not sent anywhere while the settings, or the secret, are wrong: it could only be told what they say. */
export async function crmChecks(relay: Relay): Promise<Check[]> {
  const before: Check[] = [
    { name: 'settings', ...settings(relay) },
    { name: 'secret', ...(await secret(relay)) },
  ];
  const first = before.find(({ ok }) => !ok);
  return [
    ...before,
    {
      name: 'key',
      ...(first === undefined || first.ok
        ? await key(relay)
        : wrong(`not tried: see ${first.name}`, `mend ${first.name} first`, first.command)),
    },
  ];
}

function settings(relay: Relay): Finding {
  try {
    settingsOf(relay);
    return fine(`stage ${relay.stage}, Sitniks at ${new URL(relay.sitniksBaseUrl).host}`);
  } catch (error) {
    if (!(error instanceof WrongSettings)) throw error;
    return wrong(error.message, 'set it in infrastructure/params.yml, and deploy', pasteFor(relay).deploy());
  }
}

async function secret(relay: Relay): Promise<Finding> {
  try {
    await readApiKey(relay.secrets, relay.apiKeySecret);
    return fine(`${relay.apiKeySecret} is readable, and holds a key that can be sent`);
  } catch (error) {
    return wrongSecret(error, 'write the key into it', pasteFor(relay).writeKey(relay.apiKeySecret), relay);
  }
}

/** Of a secret that cannot be read. An UnusableSecret says why, and nothing of what the secret holds. */
export const wrongSecret = (error: unknown, fix: string, command: string, relay: Relay): Finding =>
  error instanceof UnusableSecret
    ? wrong(error.message, fix, command)
    : wrong(
        `Secrets Manager cannot be asked (${nameOf(error)})`,
        'try again in a minute',
        pasteFor(relay).orders('doctor'),
      );

/** Only its number is sent; and nothing that is older than this call is looked through for it. */
export const NOBODYS_ORDER: Order = {
  external_id: 'orders-doctor',
  source: 'doctor',
  customer: { name: 'doctor', phone: '+380000000000' },
  delivery: { method: 'none', city: 'none', address: 'none' },
  items: [],
  payment_method: 'none',
  status: 'NEW',
};

/** What a look-up does, by which an order in doubt is found. */
const LOOKED: Readonly<Record<Relay['sitniksDialect'], string>> = {
  orders: 'finds orders by external_id',
  'open-api': 'shows its newest orders',
};

async function key(relay: Relay): Promise<Finding> {
  const paste = pasteFor(relay);
  const found = await crmOf(relay).find(NOBODYS_ORDER, { since: Date.now() });
  if (found.ok) return fine(`Sitniks takes it, and ${LOOKED[relay.sitniksDialect]}`);
  const detail = found.message;
  switch (found.type) {
    case 'AUTHENTICATION':
      return wrong(
        detail,
        `put a valid key into the secret ${relay.apiKeySecret}; what is parked comes back by itself then`,
        paste.writeKey(relay.apiKeySecret),
      );
    case 'RATE_LIMIT':
      return wrong(detail, 'try again in a minute', paste.orders('doctor'));
    case 'CONNECTION':
      return wrong(
        detail,
        'check that sitniksBaseUrl is right; else wait until Sitniks is back',
        paste.ask(relay.sitniksBaseUrl),
      );
    case 'CONFIGURATION':
    case 'VALIDATION':
    case 'CONFLICT':
      return wrong(
        detail,
        'check sitniksBaseUrl in infrastructure/params.yml, and the secret; then deploy',
        paste.ask(relay.sitniksBaseUrl),
      );
  }
}
