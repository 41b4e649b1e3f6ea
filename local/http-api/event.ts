import type { IncomingMessage } from 'node:http';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import type { Match } from './routes.ts';

/** What belongs to the connection, and no function is told of; cookies come by themselves. */
const NOT_HANDED_ON = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'expect',
  'cookie',
]);

/** What is handed on as text; all else, and what is compressed, as base64. */
const TEXT_TYPE = /^\s*(?:text\/|application\/(?:json|javascript|xml|[\w.-]+\+(?:json|xml))\s*(?:;|$))/i;

/** A request as the HTTP API hands it to a function (payload format 2.0). */
export function eventOf(
  request: IncomingMessage,
  { key, pathParameters }: Match,
  { path, query }: { path: string; query: string },
  body: Buffer,
  { requestId, now }: { requestId: string; now: number },
): APIGatewayProxyEventV2 {
  const headers = headersOf(request, body);
  const parameters = joined([...new URLSearchParams(query)]);
  const isText = TEXT_TYPE.test(headers['content-type'] ?? '') && headers['content-encoding'] === undefined;
  const isBase64Encoded = body.byteLength > 0 && !isText;
  const cookies = (request.headersDistinct['cookie'] ?? []).flatMap((line) => line.split(/;\s*/));
  const host = headers['host'] ?? '';
  return {
    version: '2.0',
    routeKey: key,
    rawPath: path,
    rawQueryString: query,
    headers,
    requestContext: {
      accountId: '000000000000',
      apiId: 'local',
      domainName: host,
      domainPrefix: host.split('.')[0] ?? '',
      http: {
        method: request.method ?? '',
        path,
        protocol: `HTTP/${request.httpVersion}`,
        sourceIp: addressOf(request),
        userAgent: headers['user-agent'] ?? '',
      },
      requestId,
      routeKey: key,
      stage: '$default',
      time: timeText(now),
      timeEpoch: now,
    },
    isBase64Encoded,
    ...(cookies.length > 0 && { cookies }),
    ...(body.byteLength > 0 && { body: body.toString(isBase64Encoded ? 'base64' : 'utf8') }),
    ...(Object.keys(pathParameters).length > 0 && { pathParameters }),
    ...(Object.keys(parameters).length > 0 && { queryStringParameters: parameters }),
  };
}

function headersOf(request: IncomingMessage, body: Buffer): Record<string, string> {
  const sent = Object.entries(request.headersDistinct).flatMap(([name, values = []]) =>
    NOT_HANDED_ON.has(name) ? [] : values.map((value): [string, string] => [name, value]),
  );
  return {
    ...joined(sent),
    ...((body.byteLength > 0 || request.method !== 'GET') && { 'content-length': String(body.byteLength) }),
    'x-forwarded-for': addressOf(request),
    'x-forwarded-port': String(request.socket.localPort),
    'x-forwarded-proto': 'http',
  };
}

/** What comes more than once is one, with commas between. */
function joined(pairs: readonly (readonly [string, string])[]): Record<string, string> {
  const all = Map.groupBy(pairs, ([name]) => name);
  return Object.fromEntries([...all].map(([name, same]) => [name, same.map(([, value]) => value).join(',')]));
}

const addressOf = (request: IncomingMessage): string => request.socket.remoteAddress ?? '127.0.0.1';

/** `12/Mar/2026:19:03:58 +0000` */
function timeText(now: number): string {
  const [, day, month, year, time] = new Date(now).toUTCString().split(' ');
  return `${day}/${month}/${year}:${time} +0000`;
}
