import * as z from 'zod';
import { answer, startApart } from './apart.ts';
import {
  type Counts,
  countsSchema,
  type Delays,
  delaysSchema,
  type Sent,
  sentSchema,
  startServices,
} from './services.ts';

/** {@link startServices}, in a process of its own. */
export interface ServicesApart {
  environment: Record<string, string>;
  setDelays(delays: Delays): Promise<void>;
  takeCounts(): Promise<Counts>;
  takeOrders(): Promise<Sent[]>;
  end(): Promise<void>;
}

const questions = z.union([
  z.object({ delays: delaysSchema }),
  z.literal('environment'),
  z.literal('counts'),
  z.literal('orders'),
]);

export async function servicesApart(): Promise<ServicesApart> {
  const apart = await startApart('services-apart.ts');
  return {
    environment: await apart.ask('environment', z.record(z.string(), z.string())),
    async setDelays(delays) {
      await apart.ask({ delays }, z.literal(true));
    },
    takeCounts: () => apart.ask('counts', countsSchema),
    takeOrders: () => apart.ask('orders', z.array(sentSchema)),
    end: apart.end,
  };
}

if (import.meta.main) {
  const services = await startServices();
  answer((asked) => {
    const question = questions.parse(asked);
    if (question === 'environment') return services.environment;
    if (question === 'counts') return services.takeCounts();
    if (question === 'orders') return services.takeOrders();
    services.setDelays(question.delays);
    return true;
  });
}
