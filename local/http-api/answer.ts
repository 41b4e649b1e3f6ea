import * as z from 'zod';
import { parseJson } from '../../lib/order/parse-json.ts';
import type { Invocation } from '../batch-response.ts';

/** What a client gets. */
export interface Answer {
  status: number;
  headers: Record<string, string | string[]>;
  body: Buffer | string;
  /** Why it is an internal error: for the developer, not for the client. */
  why?: string;
}

const SAID = {
  400: 'Bad Request',
  404: 'Not Found',
  413: 'Request Entity Too Large',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
} as const;

/** What API Gateway says by itself, in its own words. */
export const gatewayAnswer = (status: keyof typeof SAID): Answer => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ message: SAID[status] }),
});

/** A function's answer with a status; without one, all that it says is the body. */
const withStatus = z.looseObject({ statusCode: z.unknown() });
const structured = z.object({
  statusCode: z
    .union([
      z.int(),
      z
        .string()
        .regex(/^\d{3}$/)
        .transform(Number),
    ])
    .pipe(z.int().min(100).max(599)),
  headers: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]).transform(String)).nullish(),
  cookies: z.array(z.string()).nullish(),
  body: z.string().nullish(),
  isBase64Encoded: z.boolean().nullish(),
});

/** Of the connection, or known better by whoever writes the answer. */
const NOT_HANDED_ON = new Set(['connection', 'keep-alive', 'transfer-encoding', 'upgrade', 'content-length']);

/**
 * What becomes of a function's answer (API Gateway, "Lambda function response for format 2.0"). One that threw, ran out
 * of time, or says a status in a form that is none is an internal error of which nothing is told.
 */
export function answerOf(invocation: Invocation): Answer {
  if (invocation.outcome === 'failed') return { ...gatewayAnswer(500), why: invocation.error };
  const said = parseJson(invocation.payload);
  if (!withStatus.safeParse(said).success) {
    // Nothing at all is JSON's null to Lambda.
    const body = invocation.payload === '' ? 'null' : invocation.payload;
    return { status: 200, headers: { 'content-type': 'application/json' }, body };
  }
  const { data } = structured.safeParse(said);
  if (data === undefined) return { ...gatewayAnswer(500), why: 'returned what is no answer' };
  const headers = Object.entries(data.headers ?? {})
    .map(([name, value]): [string, string] => [name.toLowerCase(), value])
    .filter(([name]) => !NOT_HANDED_ON.has(name));
  return {
    status: data.statusCode,
    headers: {
      'content-type': 'text/plain; charset=utf-8',
      ...Object.fromEntries(headers),
      ...(data.cookies && { 'set-cookie': data.cookies }),
    },
    body: data.isBase64Encoded === true ? Buffer.from(data.body ?? '', 'base64') : (data.body ?? ''),
  };
}
