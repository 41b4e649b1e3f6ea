import { WrongSettings } from '../../lib/config.ts';
import { nameOf } from '../../lib/lambda/observability.ts';

/** Why a command cannot do what it was asked, in a line for whoever asked. Never with a value from an order in it. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
}

/** Wrong use of a command that only shows once its files are read. */
export class WrongUsage extends Refusal {}

/** Ctrl-C. What was in hand has been given back. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

/** An error as one clear line and an exit code. Of an error that is not ours or AWS's only its name is told. */
export function explain(error: unknown): { message: string; exitCode: number } {
  if (error instanceof Interrupted)
    return { message: 'Stopped. What was in hand has been given back.', exitCode: 130 };
  if (error instanceof WrongUsage) return { message: error.message, exitCode: 2 };
  if (error instanceof Refusal || error instanceof WrongSettings)
    return { message: error.message, exitCode: 1 };
  return { message: inOneLine(error), exitCode: 1 };
}

function inOneLine(error: unknown): string {
  const name = nameOf(error);
  switch (name) {
    case 'CredentialsProviderError':
      return 'No AWS credentials: set AWS_PROFILE, or sign in (aws sso login), and try again.';
    case 'ExpiredToken':
    case 'ExpiredTokenException':
      return 'The AWS credentials have expired: sign in again.';
    case 'TimeoutError':
      return 'AWS does not answer: check the network, and try again.';
    default:
      // What AWS says is about the call, and names no more than resources and who asked.
      return error instanceof Error && '$metadata' in error && error.message !== ''
        ? `AWS refuses (${name}): ${error.message.replace(/\s+/g, ' ')}`
        : `Unexpected: ${name}${codeOf(error)}`;
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? ` ${error.code}` : '';
}
