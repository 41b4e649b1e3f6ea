import { Webhook, WebhookVerificationError } from 'standardwebhooks';
import type { Caller } from '../callers/callers.ts';
import { CHALLENGE, Problem } from './http.ts';

/** Why a request counts as unsigned, in words that hold nothing of it. */
export type SignatureProblem = string;

const HEADERS = ['webhook-id', 'webhook-timestamp', 'webhook-signature'] as const;

export interface SignedRequest {
  /** The bytes as they came, before anything is read of them. */
  body: Buffer;
  headers: Readonly<Record<string, string | undefined>>;
}

/**
 * A caller that has registered signing secrets signs what it posts. What does not fit is held against the secrets as
 * they are now, once: one may have been changed, or the first one registered, since they were read.
 *
 * @returns when it was signed (seconds since 1970, by the caller's clock); `undefined` of a caller that need not
 * @throws {Problem} 401
 */
export async function requireSignature(
  { body, headers }: SignedRequest,
  caller: Caller,
  newerCaller: () => Promise<Caller | undefined>,
): Promise<number | undefined> {
  const problemFor = ({ signingSecrets }: Caller) =>
    signingSecrets.length > 0 ? signatureProblem(body, headers, signingSecrets) : undefined;

  const isSignedUnasked = caller.signingSecrets.length === 0 && headers['webhook-signature'] !== undefined;
  const signedAt = ({ signingSecrets }: Caller) =>
    signingSecrets.length > 0 ? Number(headers['webhook-timestamp']) : undefined;
  let problem = problemFor(caller);
  if (problem === undefined && !isSignedUnasked) return signedAt(caller);
  const newer = await newerCaller();
  if (newer !== undefined) problem = problemFor(newer);
  if (problem === undefined) return signedAt(newer ?? caller);
  throw signatureRefused(problem);
}

export const signatureRefused = (problem: SignatureProblem): Problem =>
  new Problem('unauthorized', {
    detail: `${problem}.`,
    headers: { 'www-authenticate': `${CHALLENGE}, error="invalid_signature"` },
    reasons: [{ code: 'signature_refused' }],
  });

/**
 * Checks the Standard Webhooks signature of a request: HMAC-SHA-256 over `id.timestamp.body`, at most 5 minutes old
 * or ahead (https://www.standardwebhooks.com; both the rule and the tolerance are the package's).
 *
 * @param body the bytes as they came, before anything is read of them
 * @param secrets of the caller: any of them will do, so that one can be changed for another
 * @returns what is wrong, or undefined where it is signed
 */
export function signatureProblem(
  body: Buffer,
  headers: Readonly<Record<string, string | undefined>>,
  secrets: readonly string[],
): SignatureProblem | undefined {
  const signed: Record<string, string> = {};
  for (const name of HEADERS) {
    const value = headers[name];
    if (value === undefined || value === '') return `The header ${name} is missing`;
    signed[name] = value;
  }
  if (!/^\d{1,12}$/.test(signed['webhook-timestamp'] ?? '')) {
    return 'The header webhook-timestamp is not a time in whole seconds since 1970';
  }

  let problem: SignatureProblem | undefined;
  for (const secret of secrets) {
    problem = check(new Webhook(secret), body, signed);
    if (problem === undefined) return undefined;
  }
  return problem;
}

function check(
  webhook: Webhook,
  body: Buffer,
  headers: Record<string, string>,
): SignatureProblem | undefined {
  try {
    webhook.verify(body, headers, { jsonParse: false });
    return undefined;
  } catch (error) {
    if (!(error instanceof WebhookVerificationError)) throw error;
    return error.message.startsWith('Message timestamp')
      ? 'The header webhook-timestamp is more than 5 minutes from now'
      : 'The header webhook-signature does not fit the body: sign the bytes that are sent, as id.timestamp.body';
  }
}
