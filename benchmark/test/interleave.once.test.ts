import { expect, test } from 'vitest';
import { interleave } from '../harness/interleave.ts';

test('sides take turns, and who was first is last in the next round', () => {
  const turns = interleave(['a', 'b', 'c'], 3).map(({ round, side }) => `${round}${side}`);
  expect(turns.join(' ')).toBe('0a 0b 0c 1c 1b 1a 2a 2b 2c');
});
