import { type Line, totalOf } from './bill.ts';

/** A month of one size of shop. */
export interface Panel {
  orders: number;
  lines: readonly Line[];
  /** What is said below. */
  says: readonly string[];
}

const WIDTH = 760;
const ROW = 20;
const LABEL = 270;
const BAR = 360;
const SHOWN = 7;

export const dollars = (usd: number): string => (usd > 0 && usd < 0.01 ? '< $0.01' : `$${usd.toFixed(2)}`);

/** The bills of some sizes of shop below each other, each to its own scale, the dearest lines first. */
export function picture(title: string, panels: readonly Panel[]): string {
  const parts: string[] = [];
  let y = 30;
  const text = (x: number, content: string, attributes = '') =>
    parts.push(`<text x="${x}" y="${y}"${attributes}>${escaped(content)}</text>`);
  text(20, title, ' font-weight="bold"');
  for (const { orders, lines, says } of panels) {
    y += 2 * ROW;
    text(
      20,
      `${orders.toLocaleString('en')} orders a month: ${dollars(totalOf(lines))}`,
      ' font-weight="bold"',
    );
    const sorted = lines.filter(({ usd }) => usd > 0).toSorted((a, b) => b.usd - a.usd);
    const most = sorted[0]?.usd ?? 1;
    const rest = totalOf(sorted.slice(SHOWN));
    const rows = [
      ...sorted.slice(0, SHOWN).map(({ what, usd }) => ({ what, usd })),
      ...(rest > 0 ? [{ what: 'the rest', usd: rest }] : []),
    ];
    for (const { what, usd } of rows) {
      y += ROW;
      text(LABEL, what, ' text-anchor="end"');
      const width = Math.max(1, (usd / most) * BAR).toFixed(0);
      parts.push(`<rect x="${LABEL + 10}" y="${y - 12}" width="${width}" height="14" fill="#3b7dd8"/>`);
      text(LABEL + 16 + Number(width), dollars(usd));
    }
    for (const line of says) {
      y += ROW;
      text(20, line, ' fill="#555"');
    }
  }
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${y + 20}" font-family="sans-serif" font-size="13" role="img" aria-label="${escaped(title)}">
<rect width="100%" height="100%" fill="#fff"/>
${parts.join('\n')}
</svg>
`;
}

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
