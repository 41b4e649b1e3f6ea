import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { backoffMs } from '../../../lib/queues/backoff.ts';

const SETTINGS = { baseMs: 30_000, capMs: 900_000 };
const atLeast = () => 0;
const atMost = () => 1 - Number.EPSILON;

test('doubles with each attempt, from the base to the cap', () => {
  const seconds = [1, 2, 3, 4, 5, 6, 7, 20].map((attempt) => backoffMs(attempt, SETTINGS, atLeast) / 1000);
  expect(seconds).toEqual([30, 60, 120, 240, 480, 900, 900, 900]);
});

test('grows by another factor where one is given', () => {
  const settings = { baseMs: 10_000, capMs: 900_000, factor: 3 };
  expect([1, 2, 3, 5, 6].map((attempt) => backoffMs(attempt, settings, atLeast) / 1000)).toEqual([
    10, 30, 90, 810, 900,
  ]);
});

test('is lengthened by chance, by up to half, and never shortened', () => {
  expect(backoffMs(2, SETTINGS, () => 0.5)).toBe(75_000);
  expect(backoffMs(2, SETTINGS, atMost)).toBeCloseTo(90_000);
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 2_000 }),
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      (attempt, chance) => {
        const ms = backoffMs(attempt, SETTINGS, () => chance);
        const plain = Math.min(SETTINGS.capMs, SETTINGS.baseMs * 2 ** (attempt - 1));
        expect(ms).toBeGreaterThanOrEqual(plain);
        expect(ms).toBeLessThanOrEqual(Math.min(SETTINGS.capMs, plain * 1.5));
      },
    ),
  );
});

test('differs from one order to the next, so that they do not come back together', () => {
  expect(new Set(Array.from({ length: 20 }, () => backoffMs(1, SETTINGS))).size).toBeGreaterThan(1);
});
