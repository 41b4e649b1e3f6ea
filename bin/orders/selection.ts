import { InvalidArgumentError, Option } from 'commander';
import type { Letter } from '../../lib/dead-letters/letter.ts';
import { type FailureType, failureType, reasonsOf } from '../../lib/explanations/failure.ts';
import { REASON_CODES, type ReasonCode } from '../../lib/explanations/reasons.ts';
import { parseDuration } from './duration.ts';

/** Which letters a command is about: those that meet all of it. */
export interface Selection {
  externalIds?: readonly string[];
  /** SQS's own id of one letter: the only name of one that cannot be read. */
  message?: string;
  type?: FailureType;
  reason?: ReasonCode;
  /** Parked within so many milliseconds. */
  since?: number;
}

export const typeOption = () =>
  new Option('--type <type>', 'only those that failed in this way').choices(failureType.options);
export const reasonOption = () =>
  new Option('--reason <reason>', 'only those with this reason, by its code').choices(REASON_CODES);
export const sinceOption = () =>
  new Option('--since <duration>', 'only those parked since, such as 2h').argParser(parseDuration);
export const messageOption = () =>
  new Option('--message <message_id>', "one letter by SQS's id of it (list --letters)").argParser(messageId);

function messageId(text: string): string {
  if (!/^[\w-]{1,100}$/.test(text)) throw new InvalidArgumentError('Use an id that list --letters shows.');
  return text;
}

export const selectsAll = ({ externalIds = [], message, type, reason, since }: Selection): boolean =>
  externalIds.length === 0 && [message, type, reason, since].every((value) => value === undefined);

export const selects = (selection: Selection, letter: Letter, now: number): boolean => {
  const { externalIds = [], message, type, reason, since } = selection;
  return (
    (externalIds.length === 0 ||
      (letter.external_id !== undefined && externalIds.includes(letter.external_id))) &&
    (message === undefined || letter.messageId === message) &&
    (type === undefined || letter.reason === type) &&
    (reason === undefined ||
      reasonsOf({ type: letter.reason, reasons: letter.reasons }).some(({ code }) => code === reason)) &&
    (since === undefined || letter.parkedAt >= now - since)
  );
};
