import { randomUUID } from 'node:crypto';
import { DeleteMessageCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import type { Command } from 'commander';
import { lastOutcome } from '../../lib/ledger/outbox.ts';
import { isExternalId } from '../../lib/order/external-id.ts';
import { readOutcome } from '../../lib/queues/codec.ts';
import { Refusal, WrongUsage } from './failure.ts';
import { against, type Session } from './session.ts';

export function tellCommand(program: Command): void {
  program
    .command('tell')
    .description('tell whoever sent an order once more what has become of it')
    .argument('[external_id]', 'the number under which it was sent')
    .option('--given-up', 'all that could not be told in three days')
    .addHelpText(
      'after',
      `
It is told under the same event id as before, so a bot that has had it takes it for a repeat. What came of it, orders
show says.`,
    )
    .action((externalId: string | undefined, { givenUp }: { givenUp?: true }, command: Command) => {
      if ((externalId === undefined) === (givenUp === undefined))
        throw new WrongUsage('Say which: the number of an order, or --given-up.');
      if (externalId !== undefined && !isExternalId(externalId))
        throw new WrongUsage('This cannot be an external_id.');
      return against(command, (session) =>
        externalId === undefined ? tellGivenUp(session) : tell(session, externalId),
      );
    });
}

/** Within five minutes SQS takes the same outcome once: asked for by a person, it is to go out again. */
const again = () => ({ deduplicationId: randomUUID() });

async function tell({ relay, out }: Session, externalId: string): Promise<boolean> {
  const record = await relay.ledger.get(externalId);
  if (record === undefined) throw new Refusal(`Nothing is known of ${externalId}.`);
  const { outbox = [], submitted_by } = record;
  if (submitted_by === undefined) throw new Refusal(`Nobody is known to have sent ${externalId}.`);
  const last = lastOutcome(record);
  const outcomes = outbox.length > 0 ? outbox : last === undefined ? [] : [last];
  if (outcomes.length === 0)
    throw new Refusal(`${externalId} is still under way: there is nothing to tell yet.`);
  for (const outcome of outcomes) await relay.outcomesQueue.send(outcome, again());
  const types = outcomes.map(({ type }) => type);
  out.result(
    { external_id: externalId, told: types, to: submitted_by },
    `${submitted_by} is told once more that ${externalId} is ${types.join(', then ')}. What came of it: orders show ${externalId}`,
  );
  return true;
}

/** From their dead-letter queue back onto the queue, one by one: what is sent first is not lost in between. */
async function tellGivenUp({ relay, out, goOn }: Session): Promise<boolean> {
  const { sqs, outcomesDeadLetterQueueUrl: QueueUrl, outcomesQueue } = relay;
  let told = 0;
  let unreadable = 0;
  for (;;) {
    goOn();
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl,
        MaxNumberOfMessages: 10,
        VisibilityTimeout: 60,
        WaitTimeSeconds: 1,
      }),
    );
    if (Messages.length === 0) break;
    for (const { Body = '', ReceiptHandle } of Messages) {
      goOn();
      const outcome = readOutcome(Body);
      if (outcome === undefined) {
        unreadable += 1;
        continue;
      }
      await outcomesQueue.send(outcome, again());
      await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
      told += 1;
    }
  }
  out.result(
    { told, unreadable },
    `Told once more: ${told}.${unreadable === 0 ? '' : ` Left, because they are no outcomes: ${unreadable}.`}`,
  );
  return unreadable === 0;
}
