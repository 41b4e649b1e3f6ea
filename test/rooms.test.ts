import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { circlesIn, type Import, importsOf } from './kit/imports.ts';

/** The rooms of `lib/`, from the ground up (CONTRIBUTING.md). A room uses rooms of floors below its own, and no other. */
const FLOORS: readonly (readonly string[])[] = [
  ['order', 'secrets', 'http-calls', 'lambda'],
  ['callers', 'explanations'],
  ['ledger', 'sitniks'],
  ['queues'],
  ['intake', 'dead-letters'],
  ['sync'],
  ['callbacks', 'manager'],
  ['shop-chat'],
  ['proof'],
];

/** What stands beside `lib/`, and what it may use of the rest. */
const MAY_USE: Readonly<Record<string, readonly string[]>> = {
  lib: ['lib'],
  functions: ['functions', 'lib'],
  page: ['page', 'lib'],
  infrastructure: ['infrastructure', 'lib'],
  local: ['local', 'lib', 'functions'],
  bin: ['bin', 'lib', 'local'],
  bench: ['bench', 'page', 'bin', 'functions', 'lib', 'local'],
  test: ['test', 'infrastructure', 'bench', 'bin', 'functions', 'lib', 'local', 'docs'],
};

const imports = importsOf(Object.keys(MAY_USE));

const roomOf = (file: string): string | undefined => /^lib\/([^/]+)\//.exec(file)?.[1];
const floorOf = (room: string): number => FLOORS.findIndex((rooms) => rooms.includes(room));
const topOf = (file: string): string => file.split('/')[0] ?? '';
const named = ({ from, to }: Import): string => `${from} uses ${to}`;

/** An import of another room that is not on a lower floor. */
function climbs({ from, to }: Import): boolean {
  const [own, other] = [roomOf(from), roomOf(to)];
  return own !== undefined && other !== undefined && own !== other && floorOf(other) >= floorOf(own);
}

describe('the rooms of lib', () => {
  test('are all on a floor', () => {
    const rooms = readdirSync(new URL('../lib', import.meta.url), { withFileTypes: true });
    expect(FLOORS.flat().toSorted()).toEqual(
      rooms.flatMap((entry) => (entry.isDirectory() ? entry.name : [])).toSorted(),
    );
  });

  test('use only rooms below them', () => {
    expect(imports.filter(climbs).map(named)).toEqual([]);
  });

  test('know no settings: only functions and tools read config.ts', () => {
    const readers = imports.filter(({ from, to }) => to === 'lib/config.ts' && topOf(from) === 'lib');
    expect(readers.map(named)).toEqual([]);
  });

  test('a room that used one above it would be named with the file that it used', () => {
    const upward = { from: 'lib/order/order.ts', to: 'lib/sync/sync-order.ts' };
    expect([upward].filter(climbs).map(named)).toEqual(['lib/order/order.ts uses lib/sync/sync-order.ts']);
  });
});

test('what stands beside lib uses only what it may', () => {
  const wrong = imports.filter(({ from, to }) => !MAY_USE[topOf(from)]?.includes(topOf(to)));
  expect(wrong.map(named)).toEqual([]);
});

test('no file uses itself by way of others', () => {
  expect(circlesIn(imports)).toEqual([]);
  expect(circlesIn([...imports, { from: 'lib/order/order.ts', to: 'lib/order/order.ts' }])).toHaveLength(1);
});
