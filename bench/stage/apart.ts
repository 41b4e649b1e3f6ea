import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';

/** Something in a process of its own, so that its work is not counted as that of whoever calls it. */
export interface Apart {
  /** @returns what it answers; one question at a time */
  ask<T extends z.ZodType>(question: unknown, answer: T): Promise<z.output<T>>;
  /** Of all its threads, since it began (ms). */
  cpuMs(): Promise<number>;
  end(): Promise<void>;
}

const CPU = 'cpu';

/** @param file beside this one: it calls {@link answer} */
export async function startApart(file: string, args: readonly string[] = []): Promise<Apart> {
  const child = fork(fileURLToPath(new URL(file, import.meta.url)), args);
  const ended = once(child, 'exit');
  const ask: Apart['ask'] = async (question, answer) => {
    child.send({ question });
    const [message] = await Promise.race([
      once(child, 'message'),
      ended.then(() => Promise.reject(new Error(`${file} has ended`))),
    ]);
    return answer.parse(message);
  };
  return {
    ask,
    cpuMs: () => ask(CPU, z.number()),
    async end() {
      if (child.connected) child.disconnect();
      await ended;
    },
  };
}

const asked = z.object({ question: z.unknown() });

/** Answers in the process that was started, until whoever has started it lets go. */
export function answer(one: (question: unknown) => unknown): void {
  process.on('message', (message) => {
    const { question } = asked.parse(message);
    const { user, system } = process.cpuUsage();
    process.send?.(question === CPU ? (user + system) / 1000 : one(question));
  });
  process.on('disconnect', () => process.exit());
}
