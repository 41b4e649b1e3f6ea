/**
 * Runs one command line after another in this one process, as its parent asks: what a command imports is loaded once, and
 * not once a command. Everything else is as in `bin/orders.ts`, from the words to the exit code.
 */
import { Readable } from 'node:stream';
import { runOrders } from '../../../bin/orders/program.ts';
import { type Asked, askedSchema } from './warm-shell-messages.ts';

/** Takes over what a stream is given, until told to stop. @returns what it was given */
function capture(stream: NodeJS.WriteStream) {
  const { write } = stream;
  let said = '';
  stream.write = (chunk: string | Uint8Array) => {
    said += chunk;
    return true;
  };
  return () => {
    stream.write = write;
    return said;
  };
}

async function runOne({ args, env, input }: Asked) {
  process.env = { ...env };
  process.exitCode = 0;
  Object.defineProperty(process, 'stdin', { value: Readable.from([input]), configurable: true });
  const [stdout, stderr] = [capture(process.stdout), capture(process.stderr)];
  await runOrders(args);
  return { code: Number(process.exitCode), stdout: stdout(), stderr: stderr() };
}

let last: Promise<unknown> = Promise.resolve();
process.on('message', (message) => {
  const asked = askedSchema.parse(message);
  last = last.then(async () => process.send?.(await runOne(asked)));
});
process.on('disconnect', () => process.exit());
