import * as z from 'zod';
import { answer, startApart } from './apart.ts';
import { startStage } from './stage.ts';

/** {@link startStage}, in a process of its own. */
export interface StackApart {
  environment: Record<string, string>;
  /** Of all its threads, since it began (ms). */
  cpuMs(): Promise<number>;
  end(): Promise<void>;
}

export async function stackApart(visibilitySeconds: number): Promise<StackApart> {
  const { ask, cpuMs, end } = await startApart('stack-apart.ts', [String(visibilitySeconds)]);
  return { environment: await ask('environment', z.record(z.string(), z.string())), cpuMs, end };
}

if (import.meta.main) {
  const stage = await startStage({ visibilitySeconds: Number(process.argv[2]) });
  answer(() => stage.environment);
}
