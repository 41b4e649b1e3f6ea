import { createOpenApiClient, type OpenApiOptions } from '../../../../lib/sitniks/open-api/client.ts';
import type { Pace } from '../../../../lib/sitniks/open-api/pace.ts';
import { openApiSettings } from '../../../../lib/sitniks/open-api/settings.ts';
import { type CrmAnswer, type CrmRequest, memoryCrm } from '../../../kit/memory-crm.ts';

export const KEY = 'sandbox-key';
/** Nobody waits. */
export const FREE: Pace = { turn: async () => 0, shut: () => undefined };

type Answer = CrmAnswer | Error | 'never';
type Said = Answer | readonly Answer[] | ((request: CrmRequest) => Answer);
/** By `GET orders`: the answer to each such call, or its answers one after the other, of which the last one stays. */
export type Answers = Readonly<Record<string, Said>>;

export const STATUSES = [
  { id: 11, title: 'Нові заявки' },
  { id: 12, title: 'Виставлено рахунок' },
  { id: 13, title: 'ОПЛАЧЕНО' },
  { id: 14, title: 'Оформлено замовлення' },
];
export const list = (data: readonly unknown[], count?: number): CrmAnswer => ({
  body: { data, ...(count !== undefined && { count }) },
});

const USUAL: Answers = {
  'GET orders/statuses': list(STATUSES),
  'GET products/variations': ({ url }) => list([{ id: 9001, sku: url.searchParams.get('sku') }]),
  'POST orders': ({ body }) => ({ status: 201, body: { ...Object(body), id: 500_001, orderNumber: 1041 } }),
};

/** A shop's account at the Open API, without a network: it has statuses and goods, unless told otherwise. */
export function memoryAccount(answers: Answers = {}) {
  const times = new Map<string, number>();
  const pathOf = ({ url }: CrmRequest) => url.pathname.replace('/open-api/', '');
  const crm = memoryCrm((request) => {
    const asked = `${request.method} ${pathOf(request)}`;
    const said = answers[asked] ?? USUAL[asked] ?? { status: 404 };
    if (typeof said === 'function') return said(request);
    const time = times.get(asked) ?? 0;
    times.set(asked, time + 1);
    const all: readonly Answer[] = isMany(said) ? said : [said];
    return all[Math.min(time, all.length - 1)] ?? { status: 404 };
  });
  return {
    ...crm,
    /** `GET orders?limit=100&skip=0`, in the order in which they came. */
    asked: () => crm.requests.map((request) => `${request.method} ${pathOf(request)}${request.url.search}`),
    /** What was sent by such calls. */
    sent: (asked: string) =>
      crm.requests
        .filter((request) => `${request.method} ${pathOf(request)}` === asked)
        .map(({ body }) => body),
    /** A container that knows nothing of another's. */
    client: (settings: object = {}, options: Partial<OpenApiOptions> = {}) =>
      createOpenApiClient({
        baseUrl: 'https://crm.example',
        timeoutMs: 10_000,
        containers: 1,
        settings: openApiSettings.parse(settings),
        pace: FREE,
        fetch: crm.fetch,
        ...options,
      }),
  };
}

const isMany = (said: Answer | readonly Answer[]): said is readonly Answer[] => Array.isArray(said);
