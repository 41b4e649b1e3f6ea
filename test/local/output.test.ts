import { expect, test } from 'vitest';
import { createOutput } from '../../local/output.ts';

function outputOf(isVerbose: boolean) {
  const printed: string[] = [];
  const output = createOutput({
    isVerbose,
    print: (line) => void printed.push(line),
    hasHeard: (eventId) => eventId === 'evt_heard',
  });
  return { ...output, printed };
}

const json = (message: string, fields: object = {}) =>
  JSON.stringify({ level: 'INFO', message, service: 'syncOrders', external_id: '1042', ...fields });

test('a step of an order is one line that a person reads, and what is none is silent', () => {
  const { fromFunction, printed } = outputOf(false);
  fromFunction(json('Order accepted', { submitted_by: 'demo' }));
  fromFunction(json('Order taken in hand'));
  fromFunction(json('Dead letters tended'));
  expect(printed).toEqual(['1042 accepted from demo']);
});

test('with --verbose it is the log as it is: JSON', () => {
  const { fromFunction, printed } = outputOf(true);
  const lines = [json('Order accepted'), json('Dead letters tended'), '(node:1) Warning: …'];
  for (const line of lines) fromFunction(line);
  expect(printed).toEqual(lines);
});

test.each(['(node:1) ExperimentalWarning: …', '{"half":', '{"message":"not by the log"}', 'null', ''])(
  'what is not of the relay’s log is passed on as it is: %j',
  (line) => {
    const { fromFunction, printed } = outputOf(false);
    fromFunction(line);
    expect(printed).toEqual([line]);
  },
);

test('that a submitter was told is not said twice: the receiver here says what it has had', () => {
  const { fromFunction, printed } = outputOf(false);
  const told = { submitted_by: 'demo', event_type: 'synced' };
  fromFunction(json('Submitter told', { ...told, event_id: 'evt_heard' }));
  fromFunction(json('Submitter told', { ...told, event_id: 'evt_elsewhere' }));
  fromFunction(
    json('Callback failed: outcome given back', { ...told, event_id: 'evt_heard', status: 503, delay_s: 2 }),
  );
  expect(printed).toEqual(['1042 synced: demo told', '1042 synced: demo not told, HTTP 503: again in 2 s']);
});

test.each([
  [false, ['callback      1042 synced']],
  [true, ['callback      1042 synced', 'sandbox CRM   POST /api/orders 201']],
])('what goes as it should is only mentioned (--verbose: %s)', (isVerbose, expected) => {
  const { say, mention, printed } = outputOf(isVerbose);
  say('callback', '1042 synced');
  mention('sandbox CRM', 'POST /api/orders 201');
  expect(printed).toEqual(expected);
});
