import type { Ports } from './ports.ts';
import type { Stack } from './stack.ts';

/** What `npm start` prints once everything listens: where everything is, and a curl that works when pasted. */
export function welcome(ports: Ports, { resources, environment }: Stack): string {
  const api = `http://localhost:${ports.API_PORT}`;
  const sandbox = `http://localhost:${ports.SANDBOX_PORT}`;
  const receiver = `http://localhost:${ports.CALLBACKS_PORT}`;
  const post = `${api}/orders -H 'authorization: Bearer local' -H 'content-type: application/json'`;
  return `
The order relay is running on this machine. Ctrl-C stops all of it, and nothing is kept.

  API               ${api}/orders
  Sandbox CRM       ${sandbox}/_sandbox/orders   what has arrived
                    ${sandbox}/_sandbox/faults   what is to go wrong next
  Callback receiver ${receiver}/_receiver/events   what your bot would have been told
                    ${receiver}/_receiver/mode     how it is to fail
  OrdersQueue       ${resources.get('OrdersQueue')?.ref}
  DeadLetterQueue   ${resources.get('DeadLetterQueue')?.ref}
  OutcomesQueue     ${resources.get('OutcomesQueue')?.ref}
  Ledger            ${environment['AWS_ENDPOINT_URL_DYNAMODB']}, table ${resources.get('Ledger')?.ref}
  Secrets Manager   ${environment['AWS_ENDPOINT_URL_SECRETS_MANAGER']}

Send an order, ask where it is, and see it in the CRM:

  curl -i ${post} -d @events/order.json
  curl -s ${api}/orders/1042 -H 'authorization: Bearer local'
  curl -s ${sandbox}/_sandbox/orders

Send one that the CRM refuses, and see below, in a line that begins with "callback", what your bot would send to the
customer:

  curl -i ${post} -d @events/order-unknown-sku.json

Each step of an order is one line below; all that the parts say, the log's JSON too, is shown by

  npm start -- --verbose

Callbacks to a receiver of your own, and everything back as it was:

  npm run sandbox -- callbacks
  npm run sandbox -- restore

Or all of it in a browser, the manager's page with a workshop below it:

  http://localhost:${ports.PAGE_PORT}/manager
`;
}
