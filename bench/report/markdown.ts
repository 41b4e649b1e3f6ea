import type { Report, Table } from './report.ts';

/** Between these docs/figures.md is written by `npm run bench`, and by nobody else. */
export const BEGIN = '<!-- npm run bench writes from here -->';
export const END = '<!-- to here -->';

export const markdownOf = (title: string, { how, tables, plots, says }: Report): string =>
  [
    `### ${title}`,
    how,
    ...tables.map(tableOf),
    ...plots.map((plot) => `![${plot.title}](${plot.name}.svg)`),
    ...says,
  ].join('\n\n');

/** A page with what has been measured in the place of what was. @throws where the page has no place for it */
export function withGenerated(page: string, generated: string): string {
  const [begin, end] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`The page has no "${BEGIN}" with an "${END}" after it`);
  return `${page.slice(0, begin + BEGIN.length)}\n\n${generated}\n\n${page.slice(end)}`;
}

/** What stands in a page between the two. */
export const generatedIn = (page: string): string =>
  page.slice(page.indexOf(BEGIN) + BEGIN.length, page.indexOf(END)).trim();

/** Columns as wide as their widest entry: the first to the left, the others, which are numbers, to the right. */
function tableOf({ head, rows }: Table): string {
  const widths = head.map((_, column) =>
    Math.max(3, ...[head, ...rows].map((row) => row[column]?.length ?? 0)),
  );
  const line = (row: readonly string[]) => {
    const cells = widths.map((width, column) => {
      const cell = row[column] ?? '';
      return column === 0 ? cell.padEnd(width) : cell.padStart(width);
    });
    return `| ${cells.join(' | ')} |`;
  };
  const rule = widths.map((width, column) =>
    column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`,
  );
  return [line(head), `| ${rule.join(' | ')} |`, ...rows.map(line)].join('\n');
}
