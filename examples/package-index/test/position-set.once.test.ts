import { expect, test } from 'vitest';
import { PositionSet } from '../src/position-set.ts';

test('it counts each position once and knows when one is missing', () => {
  const set = new PositionSet();
  const last = 100_000;
  for (let position = 1; position <= last; position += 1) set.add(position);
  expect(set.add(31)).toBe(false);
  expect(set.add(32)).toBe(false);
  expect(set.isExactly(last)).toBe(true);
  expect(set.isExactly(last - 1)).toBe(false);

  const other = new PositionSet();
  other.add(1);
  other.add(3);
  expect(other.size).toBe(2);
  expect(other.isExactly(2)).toBe(false);
});
