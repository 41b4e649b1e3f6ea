import * as z from 'zod/mini';

/** Hryvnia, with kopiykas as decimals. */
export const hryvnia = z.number().check(
  z.minimum(0),
  z.maximum(10_000_000),
  z.refine((value) => Number(value.toFixed(2)) === value, {
    error: 'must have at most 2 decimals (hryvnia and kopiykas)',
    params: { code: 'too_many_decimals' },
  }),
);
