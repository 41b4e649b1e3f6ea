import { Worker } from 'node:worker_threads';

/**
 * Lets this process outlive a function that throws where nobody waits for it. serverless-offline, which runs each in a
 * thread of its own, listens to none of them, and Node then ends the process. The call that was under way comes to its
 * end with the function's time-out, and the next one gets a new thread.
 *
 * @param log gets one line, without the function's own message, which may quote an order
 * @returns takes it back
 */
export function surviveCrashes(log: (line: string) => void): () => void {
  const { postMessage } = Worker.prototype;
  Worker.prototype.postMessage = function (this: Worker, ...args: Parameters<Worker['postMessage']>) {
    if (this.listenerCount('error') === 0) {
      this.on('error', (error) => {
        log(`A function crashed (${error instanceof Error ? error.name : 'unknown'})`);
      });
    }
    Reflect.apply(postMessage, this, args);
  };
  return () => {
    Worker.prototype.postMessage = postMessage;
  };
}
