import type { Plot } from './report.ts';

const WIDTH = 720;
const HEIGHT = 320;
const LEFT = 60;
const RIGHT = 160;
const TOP = 40;
const BOTTOM = 50;
/** Told apart also by who sees no colours: each is darker than the next. */
const COLOURS = ['#1b4f91', '#c2571a', '#3d8f4d', '#8a6bbf', '#7a7a7a'];
const TICKS = 4;

/** A picture of a plot, both axes from zero on. */
export function picture({ title, x, y, series }: Plot): string {
  const all = series.flatMap(({ points }) => points);
  const [mostX, mostY] = [
    roundUp(Math.max(...all.map(([at]) => at))),
    roundUp(Math.max(...all.map(([, at]) => at))),
  ];
  const left = (at: number) => LEFT + (at / mostX) * (WIDTH - LEFT - RIGHT);
  const top = (at: number) => HEIGHT - BOTTOM - (at / mostY) * (HEIGHT - TOP - BOTTOM);
  const text = (at: readonly [number, number], content: string, attributes = '') =>
    `<text x="${at[0].toFixed(0)}" y="${at[1].toFixed(0)}"${attributes}>${escaped(content)}</text>`;
  const ticks = Array.from({ length: TICKS + 1 }, (_, i) => i / TICKS);
  const parts = [
    text([LEFT, 22], title, ' font-weight="bold"'),
    ...ticks.flatMap((part) => [
      `<path d="M${LEFT} ${top(part * mostY).toFixed(1)}H${WIDTH - RIGHT}" stroke="#ddd"/>`,
      text([LEFT - 8, top(part * mostY) + 4], short(part * mostY), ' text-anchor="end"'),
      text([left(part * mostX), HEIGHT - BOTTOM + 18], short(part * mostX), ' text-anchor="middle"'),
    ]),
    text([(LEFT + WIDTH - RIGHT) / 2, HEIGHT - 10], x, ' text-anchor="middle" fill="#555"'),
    text([8, TOP - 4], y, ' fill="#555"'),
    ...series.flatMap(({ name, points }, i) => {
      const colour = COLOURS[i % COLOURS.length];
      const line = points.map(([px, py]) => `${left(px).toFixed(1)} ${top(py).toFixed(1)}`).join('L');
      const [endX = 0, endY = 0] = points.at(-1) ?? [];
      return [
        `<path d="M${line}" fill="none" stroke="${colour}" stroke-width="2"/>`,
        text([left(endX) + 6, top(endY) + 4], name, ` fill="${colour}"`),
      ];
    }),
  ];
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}" font-family="sans-serif" font-size="12" role="img" aria-label="${escaped(title)}">
<rect width="100%" height="100%" fill="#fff"/>
${parts.join('\n')}
</svg>
`;
}

/** 1, 2 or 4 of what its first digit counts, such as 20 or 400: the ticks are then whole. */
function roundUp(value: number): number {
  if (!(value > 0)) return 1;
  const unit = 10 ** Math.floor(Math.log10(value));
  return ([1, 2, 4, 10].find((times) => times * unit >= value) ?? 10) * unit;
}

const short = (value: number): string =>
  value >= 10_000 ? `${+(value / 1000).toFixed(1)}k` : String(+value.toFixed(2));

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
