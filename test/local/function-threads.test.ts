import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { afterEach, expect, test, vi } from 'vitest';
import { readFunctions } from '../../local/function-threads.ts';
import { until } from '../kit/until.ts';

/** A thread that does this with each message. */
const threadThat = (does: string) =>
  new Worker(`require('node:worker_threads').parentPort.on('message', (message) => { ${does} })`, {
    eval: true,
  });

let takeBack: () => void = () => undefined;
afterEach(() => {
  takeBack();
  vi.restoreAllMocks();
});

test('what functions write comes line by line, and nowhere else', async () => {
  const lines: string[] = [];
  const elsewhere: unknown[] = [];
  for (const stream of [process.stdout, process.stderr]) {
    vi.spyOn(stream, 'write').mockImplementation((text) => elsewhere.push(text) > 0);
  }
  takeBack = readFunctions((line) => void lines.push(line));
  const thread = threadThat(`
    process.stdout.write('out ' + message + ', half a');
    process.stdout.write(' line\\n');
    console.error('err ' + message + '\\ntwice')`);
  thread.postMessage(1);
  thread.postMessage(2);
  await until(() => lines.length === 6);
  await thread.terminate();

  expect(lines.toSorted()).toEqual([
    'err 1',
    'err 2',
    'out 1, half a line',
    'out 2, half a line',
    'twice',
    'twice',
  ]);
  expect(elsewhere).toEqual([]);
});

test('taken back, a new thread is left alone', async () => {
  const lines: string[] = [];
  readFunctions((line) => void lines.push(line))();
  const thread = threadThat('message.postMessage(0)');
  const { port1, port2 } = new MessageChannel();
  thread.postMessage(port2, [port2]);
  await once(port1, 'message');
  expect(thread.listenerCount('error')).toBe(0);
  expect(thread.stdout.listenerCount('data')).toBe(1);
  await thread.terminate();
  port1.close();
});
