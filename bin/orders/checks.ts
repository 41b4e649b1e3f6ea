import { nameOf } from '../../lib/lambda/observability.ts';
import { callbackChecks } from './callback-checks.ts';
import { callerChecks } from './caller-checks.ts';
import { type Check, type Finding, fine, wrong } from './check.ts';
import { clockChecks } from './clock-checks.ts';
import { crmChecks, NOBODYS_ORDER } from './crm-checks.ts';
import { functionChecks } from './function-checks.ts';
import { letterChecks } from './letter-checks.ts';
import { orderChecks } from './order-checks.ts';
import { pasteFor } from './paste.ts';
import { queueChecks } from './queue-checks.ts';
import type { Session } from './session.ts';

/** The doctor's checks, in the order in which one explains the next. None of them changes anything. */
export const checks = (session: Session): (() => Promise<Check[]>)[] => {
  const { relay } = session;
  return [
    () => crmChecks(relay),
    () => callerChecks(relay),
    async () => [{ name: 'ledger', ...(await ledger(session)) }],
    () => queueChecks(relay),
    () => functionChecks(relay),
    () => orderChecks(relay, Date.now()),
    () => letterChecks(session, Date.now()),
    () => callbackChecks(relay),
    () => clockChecks(relay),
  ];
};

async function ledger({ relay }: Session): Promise<Finding> {
  try {
    await relay.ledger.get(NOBODYS_ORDER.external_id);
    return fine(`${relay.ledgerTable} is readable`);
  } catch (error) {
    return wrong(
      `${relay.ledgerTable} cannot be read (${nameOf(error)})`,
      'check that you may read the table, and that the stack is deployed',
      pasteFor(relay).deploy(),
    );
  }
}
