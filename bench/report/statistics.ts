/** The value below which that part of all lies: 0.5 is the median. */
export const quantile = (values: readonly number[], part: number): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length * part)] ?? Number.NaN;

export const median = (values: readonly number[]): number => quantile(values, 0.5);

/** `1.75 (1.68 – 1.80)`: the median, and the quartiles around it. */
export const spread = (values: readonly number[], digits = 2): string =>
  `${median(values).toFixed(digits)} (${quantile(values, 0.25).toFixed(digits)} – ${quantile(values, 0.75).toFixed(digits)})`;

/** As {@link spread}, as a ratio to what another's median is. */
export const ratio = (values: readonly number[], to: readonly number[], digits = 2): string =>
  spread(
    values.map((value) => value / median(to)),
    digits,
  );

export const kB = (bytes: number): string => `${(bytes / 1000).toFixed(1)} kB`;
