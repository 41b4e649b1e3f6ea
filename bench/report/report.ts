import * as z from 'zod';

const tableSchema = z.object({
  head: z.array(z.string()),
  /** As wide as the head. */
  rows: z.array(z.array(z.string())),
});
export type Table = z.output<typeof tableSchema>;

/** Lines over one another. */
const plotSchema = z.object({
  /** Of the picture in docs/, without its ending. */
  name: z.string(),
  title: z.string(),
  x: z.string(),
  y: z.string(),
  series: z.array(z.object({ name: z.string(), points: z.array(z.tuple([z.number(), z.number()])) })),
});
export type Plot = z.output<typeof plotSchema>;

/** What every part of the bench gives back, whatever it measures. */
export const reportSchema = z.object({
  /** What was done, and how: the reader decides by it whether to believe the figures. */
  how: z.string(),
  tables: z.array(tableSchema),
  plots: z.array(plotSchema).default([]),
  /** What follows from the figures, each a paragraph. */
  says: z.array(z.string()).default([]),
});
export type Report = z.output<typeof reportSchema>;

export interface Scale {
  /** A minute for all parts: fewer runs, fewer orders. */
  isQuick: boolean;
}

/** A part of the bench, in a process of its own. */
export type Measure = (scale: Scale) => Promise<z.input<typeof reportSchema>>;
