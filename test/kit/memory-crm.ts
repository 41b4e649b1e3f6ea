/** What the CRM says to one request. A body that is no text is sent as JSON. */
export interface CrmAnswer {
  status?: number;
  headers?: Record<string, string>;
  body?: unknown;
}

export interface CrmRequest {
  method: string;
  url: URL;
  headers: Headers;
  body: unknown;
  signal: AbortSignal | undefined;
}

/** A CRM without a network: `fetch` for a client, and what it was asked. An answer that is an error is one of fetch's. */
export function memoryCrm(answer: (request: CrmRequest, calls: number) => CrmAnswer | Error | 'never') {
  const requests: CrmRequest[] = [];
  const fetch: typeof globalThis.fetch = async (input, init = {}) => {
    const request: CrmRequest = {
      method: init.method ?? 'GET',
      url: new URL(input instanceof Request ? input.url : input),
      headers: new Headers(init.headers),
      body: typeof init.body === 'string' ? JSON.parse(init.body) : undefined,
      signal: init.signal ?? undefined,
    };
    requests.push(request);
    const given = answer(request, requests.length);
    if (given === 'never') return untilAborted(request.signal);
    if (given instanceof Error) throw given;
    const { status = 200, headers = {}, body = '' } = given;
    return new Response(typeof body === 'string' ? body : JSON.stringify(body), { status, headers });
  };
  return { fetch, requests };
}

const untilAborted = (signal: AbortSignal | undefined): Promise<never> =>
  new Promise((_resolve, reject) => {
    signal?.addEventListener('abort', () => reject(signal.reason));
  });
