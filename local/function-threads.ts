import { createInterface } from 'node:readline';
import { Worker } from 'node:worker_threads';

/**
 * Visits each thread in which serverless-offline runs a function, before its first call.
 *
 * @returns no thread is visited any more
 */
function visitThreads(visit: (thread: Worker) => void): () => void {
  const { postMessage } = Worker.prototype;
  const known = new WeakSet<Worker>();
  Worker.prototype.postMessage = function (this: Worker, ...args: Parameters<Worker['postMessage']>) {
    if (!known.has(this)) visit(this);
    known.add(this);
    Reflect.apply(postMessage, this, args);
  };
  return () => {
    Worker.prototype.postMessage = postMessage;
  };
}

/**
 * Lets this process outlive a function that throws where nobody waits for it. serverless-offline, which runs each in a
 * thread of its own, listens to none of them, and Node then ends the process. The call that was under way comes to its
 * end with the function's time-out, and the next one gets a new thread.
 *
 * @param log gets one line, without the function's own message, which may quote an order
 * @returns takes it back
 */
export function surviveCrashes(log: (line: string) => void): () => void {
  return visitThreads((thread) => {
    if (thread.listenerCount('error') > 0) return;
    thread.on('error', (error) => {
      log(`A function crashed (${error instanceof Error ? error.name : 'unknown'})`);
    });
  });
}

/**
 * Gives `print` what functions write, line by line, instead of passing it on to this process's own output.
 *
 * @returns takes it back
 */
export function readFunctions(print: (line: string) => void): () => void {
  return visitThreads((thread) => {
    for (const stream of [thread.stdout, thread.stderr]) {
      stream.unpipe();
      createInterface({ input: stream }).on('line', print);
    }
  });
}
