import type { MiddlewareObj } from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { explain } from '../explanations/explain.ts';
import type { Reason, ReasonCode } from '../explanations/reasons.ts';
import { type Log, nameOf } from '../lambda/observability.ts';
import type { ProblemBody } from './contract.ts';

/** Every way the API says no, with its status and title (RFC 9457), and why, unless more is known. */
export const PROBLEMS = {
  invalid_order: { status: 400, title: 'The order is not valid', reason: 'not_an_order' },
  invalid_status: { status: 400, title: 'The status is not valid', reason: 'status_invalid' },
  invalid_query: { status: 400, title: 'The query is not valid', reason: 'wait_invalid' },
  unauthorized: { status: 401, title: 'Who is asking is not known', reason: 'token_refused' },
  order_not_found: { status: 404, title: 'No such order', reason: 'order_not_found' },
  external_id_taken: {
    status: 409,
    title: 'This external_id stands for another order',
    reason: 'number_taken',
  },
  body_too_large: { status: 413, title: 'The body is too large', reason: 'body_too_large' },
  unsupported_media_type: { status: 415, title: 'The body is not JSON', reason: 'wrong_content_type' },
  internal_error: { status: 500, title: 'Something is wrong on our side', reason: 'internal_error' },
  temporarily_unavailable: { status: 503, title: 'Not possible just now', reason: 'not_accepted' },
} as const satisfies Record<string, { status: number; title: string; reason: ReasonCode }>;

/** How the API asks for a token (RFC 6750, 3). */
export const CHALLENGE = 'Bearer realm="orders"';

export type ProblemCode = keyof typeof PROBLEMS;

export interface ProblemDetails {
  detail: string;
  /** Why, where more is known than the problem's code says. */
  reasons?: readonly Reason[];
  /** Further members of the problem's JSON. */
  members?: Pick<ProblemBody, 'errors' | 'state'>;
  headers?: Record<string, string>;
}

/** Thrown to be answered: its `detail` is meant for the caller, and never holds a value of the body. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly code: ProblemCode;
  readonly details: ProblemDetails;

  constructor(code: ProblemCode, details: ProblemDetails, options?: ErrorOptions) {
    super(details.detail, options);
    this.code = code;
    this.details = details;
  }
}

/** Answers a thrown {@link Problem} as problem+json, and anything else as a 500 that gives nothing away. */
export function answerProblems(
  log: Log,
): MiddlewareObj<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2> {
  return {
    onError: (request) => {
      const { error, context } = request;
      const request_id = context.awsRequestId;
      if (!(error instanceof Problem)) log.error('Request failed', { request_id, error_name: nameOf(error) });
      const { code, details } =
        error instanceof Problem
          ? error
          : new Problem('internal_error', { detail: 'Please send it again later.' });
      const { status, title, reason } = PROBLEMS[code];
      if (status < 500) log.info('Request refused', { request_id, status, error_type: code });
      else log.error('Request not served', { request_id, status, error_type: code });
      request.response = {
        statusCode: status,
        headers: { 'content-type': 'application/problem+json', ...details.headers },
        body: JSON.stringify({
          type: `urn:sitniks-orders:problem:${code}`,
          title,
          status,
          detail: details.detail,
          instance: `urn:request:${request_id}`,
          ...details.members,
          explanations: explain(details.reasons ?? [{ code: reason }]),
        } satisfies ProblemBody),
      };
    },
  };
}

export function json(
  statusCode: number,
  body: object,
  headers: Record<string, string> = {},
): APIGatewayProxyStructuredResultV2 {
  return {
    statusCode,
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  };
}

const JSON_TYPE = /^\s*application\/(?:[\w.-]+\+)?json\s*(?:;(.*))?$/is;
/** One after the other, because what is in quotation marks may look like one (RFC 9110, 5.6.6). */
const PARAMETER = /(?:^|;)\s*([^\s;=]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"?|([^;]*))/gs;
/** The codings of HTTP (IANA's registry), as far as a client might use them: whatever else stands there is not told back. */
const CODING = /\b(?:x-)?(?:gzip|deflate|br|zstd|compress)\b/;

/**
 * The bytes of a JSON request: base64 decoded (API Gateway encodes what it takes for binary), their number checked
 * before anything is read of them.
 *
 * @throws {Problem} 415, 413.
 */
export function readJsonBytes(event: APIGatewayProxyEventV2, maxBytes: number, what = 'An order'): Buffer {
  requireJsonType(event.headers['content-type']);
  const bytes = Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8');
  requireNoCoding(event.headers['content-encoding'], bytes);
  if (bytes.byteLength > maxBytes) {
    throw new Problem('body_too_large', {
      detail: `${what} may have ${maxBytes} bytes; this one has more.`,
    });
  }
  return bytes;
}

/** Parameters mean nothing to JSON (RFC 8259, 11), but a charset that is not UTF-8 tells of another text. */
function requireJsonType(type: string | undefined): void {
  const match = JSON_TYPE.exec(type ?? '');
  if (match === null) {
    throw unsupported('Send the order with content-type: application/json.');
  }
  const [, parameters = ''] = match;
  const charsets = charsetsIn(parameters);
  if (!charsets.every(isUtf8)) {
    throw unsupported('Send the order in UTF-8, with content-type: application/json; charset=utf-8.');
  }
}

const charsetsIn = (parameters: string): string[] =>
  [...parameters.matchAll(PARAMETER)].flatMap(([, name = '', quoted, plain = '']) =>
    name.toLowerCase() === 'charset' ? (quoted ?? plain).trim().replace(/^'(.*)'$/, '$1') : [],
  );

/** By any of the names that a browser takes for it: `utf8` is one. */
function isUtf8(charset: string): boolean {
  try {
    return new TextDecoder(charset).encoding === 'utf-8';
  } catch {
    return false;
  }
}

/** How each begins, and no JSON does: not everybody who compresses says so. Of `br` there is nothing to see. */
const FIRST_BYTES: readonly [name: string, ...bytes: number[]][] = [
  ['gzip', 0x1f, 0x8b],
  ['deflate', 0x78, 0x01],
  ['deflate', 0x78, 0x5e],
  ['deflate', 0x78, 0x9c],
  ['deflate', 0x78, 0xda],
  ['zstd', 0x28, 0xb5, 0x2f, 0xfd],
  ['zip', 0x50, 0x4b, 0x03, 0x04],
];

function requireNoCoding(coding: string | undefined, bytes: Buffer): void {
  const isPlain = /^[\s,]*(?:identity[\s,]*)*$/i.test(coding ?? '');
  const seen = FIRST_BYTES.find(([, ...first]) => first.every((byte, at) => bytes[at] === byte))?.[0];
  if (isPlain && seen === undefined) return;
  const name = isPlain ? seen : CODING.exec((coding ?? '').toLowerCase())?.[0];
  throw unsupported(
    `The body is ${name === undefined ? 'encoded' : `compressed (${name})`}: send it as it is, without content-encoding.`,
  );
}

/** With what would do (RFC 9110, 15.5.16). */
const unsupported = (detail: string): Problem =>
  new Problem('unsupported_media_type', { detail, headers: { 'accept-encoding': 'identity' } });

/** The text of a request, to the byte: a byte order mark is for the reader of JSON. @throws {Problem} 400. */
export function decodeUtf8(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    const errors = [{ pointer: '#', code: 'invalid_utf8', detail: 'The body is not UTF-8.' }];
    throw new Problem('invalid_order', { detail: 'The body is not UTF-8.', members: { errors } });
  }
}
