import * as z from 'zod/mini';

/**
 * The submitter's own number of an order, and its identity everywhere. Not `.` or `..`, which cannot stand in the
 * path of `GET /orders/{external_id}`.
 */
export const externalIdSchema = z.string().check(
  z.regex(/^(?!\.{1,2}$)[A-Za-z0-9_.:-]{1,128}$/, {
    error: 'must be 1 to 128 of the characters A-Z a-z 0-9 _ . : -',
  }),
);

export const isExternalId = (value: string): boolean => externalIdSchema.safeParse(value).success;
