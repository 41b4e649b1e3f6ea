import { readCallers } from '../../lib/callers/callers.ts';
import { type Check, type Finding, fine, wrong } from './check.ts';
import type { Relay } from './connect.ts';
import { wrongSecret } from './crm-checks.ts';
import { pasteFor } from './paste.ts';

/** May anybody post? A bot whose token is not in the secret is deaf, and nobody else would notice. */
export const callerChecks = async (relay: Relay): Promise<Check[]> => [
  { name: 'tokens', ...(await tokens(relay)) },
];

async function tokens(relay: Relay): Promise<Finding> {
  const { secrets, intakeTokensSecret: id, intakeTokensLeastLength } = relay;
  try {
    const callers = await readCallers(secrets, id, intakeTokensLeastLength);
    return callers.length > 0
      ? fine(`${id} is readable; callers that may post: ${callers.length}`)
      : wrong(`${id} lets nobody in`, 'give each caller a token', pasteFor(relay).editSecret(id));
  } catch (error) {
    return wrongSecret(error, 'mend it: until then nobody can post', pasteFor(relay).editSecret(id), relay);
  }
}
