import type { APIGatewayProxyEventV2 } from 'aws-lambda';

/**
 * A request as API Gateway's HTTP API hands it to a function (payload format 2.0). A body that is a string goes as it is. The
 * token is that of the caller `demo`, unless told otherwise; an empty one is left out. Parameters of the query go in as
 * they are, each once.
 */
export function apiEvent(
  method: 'GET' | 'POST' | 'PUT',
  path: string,
  body?: object | string,
  pathParameters?: Record<string, string>,
  headers: Record<string, string> = {},
  query: Record<string, string> = {},
): APIGatewayProxyEventV2 {
  const text = typeof body === 'object' ? JSON.stringify(body) : body;
  return {
    version: '2.0',
    routeKey: `${method} ${path}`,
    rawPath: path,
    rawQueryString: new URLSearchParams(query).toString(),
    headers: withoutEmpty({
      authorization: 'Bearer local',
      ...(text === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    }),
    requestContext: {
      accountId: '000000000000',
      apiId: 'test',
      domainName: 'localhost',
      domainPrefix: 'localhost',
      http: { method, path, protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: 'test' },
      requestId: 'test',
      routeKey: `${method} ${path}`,
      stage: '$default',
      time: '01/Jan/2026:00:00:00 +0000',
      timeEpoch: 1767225600000,
    },
    isBase64Encoded: false,
    ...(text === undefined ? {} : { body: text }),
    ...(pathParameters === undefined ? {} : { pathParameters }),
    // API Gateway leaves it out where there is no query.
    ...(Object.keys(query).length === 0 ? {} : { queryStringParameters: query }),
  };
}

const withoutEmpty = (headers: Record<string, string>) =>
  Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== ''));
