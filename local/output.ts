import { parseJson } from '../lib/order/parse-json.ts';
import { type LogRecord, logRecordSchema, storyLine } from './story-line.ts';

/** Whoever plays a part on this machine. */
export type Speaker = 'callback' | 'telegram' | 'sandbox CRM' | 'event source';

/** What `npm start` prints once it runs. */
export interface Output {
  /** A line that is for everybody. */
  print(line: string): void;
  /** What one of the parts says, its name in front. */
  say(speaker: Speaker, line: string): void;
  /** The same, of what goes as it should: for whoever wants to see all. */
  mention(speaker: Speaker, line: string): void;
  /** What a function has written. */
  fromFunction(line: string): void;
}

export interface OutputOptions {
  /** All that there is, and the functions' log lines as they are: JSON. Otherwise a line for each step of an order. */
  isVerbose: boolean;
  print: (line: string) => void;
  /** Whether this machine's own receiver has had an event, and so has said it. */
  hasHeard: (eventId: string) => boolean;
}

export function createOutput({ isVerbose, print, hasHeard }: OutputOptions): Output {
  const say = (speaker: Speaker, line: string) => print(`${speaker.padEnd(14)}${line}`);
  const isSaid = ({ message, event_id = '' }: LogRecord) =>
    message === 'Submitter told' && hasHeard(event_id);
  return {
    print,
    say,
    mention(speaker, line) {
      if (isVerbose) say(speaker, line);
    },
    fromFunction(line) {
      const record = isVerbose ? undefined : logRecordSchema.safeParse(parseJson(line)).data;
      // Not by the relay's log, such as a warning of Node's.
      if (record === undefined) return print(line);
      const story = isSaid(record) ? undefined : storyLine(record);
      if (story !== undefined) print(story);
    },
  };
}
