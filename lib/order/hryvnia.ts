import * as z from 'zod';

/** Hryvnia, with kopiykas as decimals. */
export const hryvnia = z
  .number()
  .min(0)
  .max(10_000_000)
  .refine((value) => Number(value.toFixed(2)) === value, {
    error: 'must have at most 2 decimals (hryvnia and kopiykas)',
    params: { code: 'too_many_decimals' },
  });
