import * as config from '../lib/config.ts';
import { isThisMachine } from '../lib/http-calls/outside-url.ts';

/** Of each function in serverless.yml, who reads its settings. */
const READERS: Readonly<Record<string, (env: Record<string, string>) => unknown>> = {
  acceptOrder: config.readAcceptOrderConfig,
  getOrder: config.readGetOrderConfig,
  syncOrders: config.readSyncOrdersConfig,
  notifySubmitter: config.readNotifySubmitterConfig,
  tendDeadLetters: config.readTendDeadLettersConfig,
  managerPage: config.readManagerPageConfig,
  proveDay: config.readProveDayConfig,
  tellShops: config.readTellShopsConfig,
};

/** Stands for what only CloudFormation knows, such as a queue's URL; of the local stack, for what it makes here. */
const knownLater = (environment: Record<string, unknown>) =>
  isThisMachine(String(environment['SITNIKS_BASE_URL']))
    ? 'http://127.0.0.1:9324/once-running'
    : 'https://known.later.example/once-deployed';

export interface Configured {
  environment?: Record<string, unknown> | undefined;
}

/**
 * What the functions would say when they start, said before anything is deployed: a line for each function whose
 * settings make no sense, with all of them.
 */
export function wrongSettings(functions: Readonly<Record<string, Configured>>): string[] {
  return Object.entries(functions).flatMap(([name, { environment = {} }]) => {
    const settings = Object.fromEntries(
      Object.entries(environment).map(([key, value]) => [
        key,
        typeof value === 'object' ? knownLater(environment) : String(value),
      ]),
    );
    try {
      READERS[name]?.(settings);
      return [];
    } catch (error) {
      if (!(error instanceof config.WrongSettings)) throw error;
      return [`${name}: ${error.message}`];
    }
  });
}
