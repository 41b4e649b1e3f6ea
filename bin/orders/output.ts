import { Presets, SingleBar } from 'cli-progress';
import Table from 'cli-table3';

export interface Progress {
  step(): void;
  stop(): void;
}

export interface Output {
  /** The result: the document with `--json`, else the text. Called once a command. */
  result(document: object, text: string): void;
  /** A line for a person, on standard error. */
  note(line: string): void;
  /** The one line of a command that could not do its work; with `--json` also as `{ "error": … }`. */
  fail(message: string): void;
  /** A bar on standard error, where a person is looking at it. */
  progress(total: number): Progress;
}

export function createOutput(json: boolean): Output {
  return {
    result: (document, text) => console.log(json ? JSON.stringify(document, null, 2) : text),
    note: (line) => console.error(line),
    fail(message) {
      if (json) console.log(JSON.stringify({ error: message }, null, 2));
      console.error(`error: ${message}`);
    },
    progress(total) {
      if (!process.stderr.isTTY || total < 2) return { step: () => undefined, stop: () => undefined };
      const bar = new SingleBar(
        {
          stream: process.stderr,
          format: '{bar} {value}/{total}, {eta_formatted} to go',
          clearOnComplete: true,
        },
        Presets.shades_classic,
      );
      bar.start(total, 0);
      return { step: () => bar.increment(), stop: () => bar.stop() };
    },
  };
}

/** Rows under a head, without colours, which a pipe would not want. Long texts are wrapped at so many characters. */
export function table(head: string[], rows: string[][], wrapAt = 44): string {
  const widths = head.map((title, i) => {
    const longest = Math.max(title.length, ...rows.map((row) => row[i]?.length ?? 0));
    return Math.min(wrapAt, longest) + 2;
  });
  const made = new Table({ head, colWidths: widths, wordWrap: true, style: { head: [], border: [] } });
  made.push(...rows);
  return made.toString();
}

/** A text from outside, without what would move the cursor, ring the bell or forge a line. */
export const printable = (text: string): string => text.replace(/[\p{C}\p{Zl}\p{Zp}]+/gu, ' ').trim();
