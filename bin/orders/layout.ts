/** Texts as they fit a terminal. */

const LEAST = 60;
const UNKNOWN = 100;

/** Columns to write in: the terminal's, or, where nobody looks, `COLUMNS`; never fewer than 60. */
export const widthOf = (
  columns: number | undefined = process.stdout.columns,
  { COLUMNS = '' }: Record<string, string | undefined> = process.env,
): number => Math.max(LEAST, columns ?? (/^\d{1,4}$/.test(COLUMNS) ? Number(COLUMNS) : UNKNOWN));

/** Lines of at most so many columns, broken between words; all but the first begin with so many spaces. */
export function wrapped(text: string, width: number, indent = 0): string[] {
  const lines: string[] = [];
  let line: string | undefined;
  for (const word of text.split(' ')) {
    const longer = line === undefined ? word : `${line} ${word}`;
    if (line !== undefined && line.trim() !== '' && [...longer].length > width) {
      lines.push(line);
      line = ' '.repeat(indent) + word;
    } else {
      line = longer;
    }
  }
  return [...lines, line ?? ''];
}

const LABEL = 12;

/** A text with a label before it, and what does not fit on the line under its beginning. */
export const labelled = (label: string, text: string, width: number): string[] =>
  wrapped(`  ${label.padEnd(LABEL)}${text}`, width, LABEL + 2);

const kyiv = new Intl.DateTimeFormat('sv-SE', {
  timeZone: 'Europe/Kyiv',
  dateStyle: 'short',
  timeStyle: 'medium',
});
const ZONE = { en: 'Kyiv time', uk: 'за Києвом' } as const;

/** `2026-01-31 14:05:09`, as the shop's clock has it, wherever this runs. */
export const timeInKyiv = (at: number | string): string => kyiv.format(new Date(at));

/** The same, and the zone. */
export const timeWithZone = (at: number | string, language: keyof typeof ZONE): string =>
  `${timeInKyiv(at)} ${ZONE[language]}`;
