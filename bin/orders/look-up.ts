import type { Step } from '../../lib/dead-letters/resend-plan.ts';
import { type Cached, cached } from '../../lib/secrets/cached.ts';
import { readApiKey } from '../../lib/sitniks/api-key.ts';
import { type Crm, crmWithKey } from '../../lib/sitniks/crm.ts';
import { openApiSettings } from '../../lib/sitniks/open-api/settings.ts';
import { speak } from '../../lib/sitniks/speak.ts';
import type { Relay } from './connect.ts';
import { settingsOf } from './settings.ts';

const CRM_TIMEOUT_MS = 10_000;
const MINUTE_MS = 60_000;

/** The CRM as the functions call it, with the key from Secrets Manager. @throws {WrongSettings} as `apiKeyOf` does. */
export const crmOf = (relay: Relay): Crm => crmWithKey(dialectOf(relay), apiKeyOf(relay));

/**
 * The one way in which a command gets the key.
 *
 * @throws {WrongSettings} where the functions would not start either: the key goes to no address that they refuse.
 */
export function apiKeyOf(relay: Relay): Cached<string> {
  settingsOf(relay);
  const { secrets, apiKeySecret } = relay;
  return cached({ load: () => readApiKey(secrets, apiKeySecret), ttlMs: 5 * MINUTE_MS, retryMs: MINUTE_MS });
}

const dialectOf = ({ sitniksBaseUrl: baseUrl, sitniksDialect: dialect, sitniksOpenApi }: Relay) =>
  speak({
    dialect,
    baseUrl,
    timeoutMs: CRM_TIMEOUT_MS,
    openApi: () => openApiSettings.parse(JSON.parse(sitniksOpenApi)),
  });

/**
 * An order that the CRM may have without having said so is looked up before it is sent. The consumer would do so too;
 * but a person who mends it should know first that it is there, as it was before.
 *
 * @param doubt hash of the content that the CRM may have
 */
export async function afterLookUp(
  step: Extract<Step, { contentHash: string }>,
  doubt: string,
  crm: Crm,
): Promise<Step> {
  const found = await crm.find(step.order, { since: 0, wasOtherwise: doubt !== step.contentHash });
  if (!found.ok) {
    return {
      action: 'refuse',
      why: `in doubt: Sitniks may have it, and cannot be asked (${found.type}); left where it is`,
    };
  }
  if (found.result === 'unproven') {
    return { action: 'refuse', why: `in doubt: Sitniks may have it, and cannot say so (${found.why})` };
  }
  if (found.result === 'absent') return { ...step, why: `${step.why}; looked up: not in Sitniks` };
  return doubt === step.contentHash
    ? { ...step, why: `looked up: in Sitniks as ${found.crmOrderId}; sent so that the ledger learns of it` }
    : {
        action: 'refuse',
        why: `looked up: in Sitniks as ${found.crmOrderId}, as it was before: change it there`,
      };
}
