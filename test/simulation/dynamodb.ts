import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
} from '@aws-sdk/client-dynamodb';
import { holds } from './condition.ts';
import { type Answer, here, Refused, type Services } from './container.ts';

/** One client for the code of all containers: each of them has the ledger of its own world. */
export const simulatedDynamoDb = Object.assign(new DynamoDBClient({ region: 'local' }), {
  send: (command: object): Promise<object> => {
    const container = here();
    const { world } = container;
    return container.call(labelOf(command), (): Answer<object> => {
      switch (world.faults.active('ledger')) {
        case 'down':
          return { error: new Refused('InternalServerError') };
        case 'throttle':
          return { error: new Refused('ProvisionedThroughputExceededException') };
        case 'lose':
          attempt(world, command);
          world.seen('the ledger wrote, and its answer was lost');
          return { error: new Refused('TimeoutError') };
        case 'repeat':
          // The SDK asks again by itself when an answer is lost.
          attempt(world, command);
          world.seen('the SDK repeated a call of the ledger whose answer was lost');
          return { value: serve(world, command) };
        default:
          return { value: serve(world, command) };
      }
    });
  },
});

function attempt(world: Services, command: object): void {
  try {
    serve(world, command);
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
  }
}

function labelOf(command: object): string {
  if (command instanceof PutItemCommand) return `PutItem ${command.input.Item?.['state']?.S ?? ''}`;
  return command.constructor.name.replace('Command', '');
}

function serve(world: Services, command: object): object {
  const { ledger } = world;
  if (command instanceof GetItemCommand) {
    const key = command.input.Key?.['external_id']?.S ?? '';
    const item = ledger.get(key);
    return item === undefined ? {} : { Item: item };
  }
  if (command instanceof PutItemCommand) {
    const {
      Item: item = {},
      ConditionExpression,
      ExpressionAttributeNames,
      ExpressionAttributeValues,
    } = command.input;
    const key = item['external_id']?.S ?? '';
    const known = ledger.get(key);
    const isMet =
      ConditionExpression === undefined ||
      holds(ConditionExpression, known, {
        names: ExpressionAttributeNames ?? {},
        values: ExpressionAttributeValues ?? {},
      });
    if (!isMet) {
      world.seen('a write to the ledger came too late');
      throw new ConditionalCheckFailedException({ message: 'The condition is not met', $metadata: {} });
    }
    ledger.set(key, item);
    const { state, version, attempts } = item;
    world.note(
      here().name,
      `the ledger has ${key}: ${state?.S}, attempts ${attempts?.N}, version ${version?.N}`,
    );
    return {};
  }
  if (command instanceof QueryCommand) {
    const { ':hash': phase, ':from': from, ':until': until } = command.input.ExpressionAttributeValues ?? {};
    const found = [...ledger.values()].filter(
      ({ phase: of, since }) =>
        of?.S === phase?.S && (since?.S ?? '') >= (from?.S ?? '') && (since?.S ?? '') <= (until?.S ?? ''),
    );
    return { Items: found.toSorted((a, b) => ((a['since']?.S ?? '') < (b['since']?.S ?? '') ? -1 : 1)) };
  }
  throw new Error(`The simulated ledger does not know ${command.constructor.name}`);
}
