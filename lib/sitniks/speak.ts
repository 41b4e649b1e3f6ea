import type { Dialect } from './dialect.ts';
import { createOpenApiClient } from './open-api/client.ts';
import type { Pace } from './open-api/pace.ts';
import type { OpenApiSettings } from './open-api/settings.ts';
import { createSitniksClient } from './orders/client.ts';

export interface SpeakOptions {
  dialect: 'orders' | 'open-api';
  baseUrl: string;
  timeoutMs: number;
  /** Read where the dialect is `open-api`. */
  openApi: () => OpenApiSettings;
  /** Of `open-api`: that of a lone container unless told otherwise. */
  pace?: Pace;
}

/** Either dialect, for who carries both: `syncOrders` has one only, so that its cold start is short. */
export function speak({ dialect, baseUrl, timeoutMs, openApi, pace }: SpeakOptions): Dialect {
  switch (dialect) {
    case 'orders':
      return createSitniksClient({ baseUrl, timeoutMs });
    case 'open-api':
      return createOpenApiClient({
        baseUrl,
        timeoutMs,
        settings: openApi(),
        containers: 1,
        ...(pace && { pace }),
      });
  }
}
