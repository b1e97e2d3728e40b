import { expect, test } from 'vitest';
import { Account } from '../src/torture/account.ts';
import { Chance } from '../src/torture/chance.ts';

function open(): Account {
  const account = new Account();
  account.addSubscription('a');
  account.committed.add('1');
  return account;
}

test('books balance when each message was handled, or is dead', () => {
  const account = open();
  account.promised.add('1');
  account.noteDone('a', '1');
  expect(account.findFaults(1000)).toEqual([]);
  account.committed.add('2');
  account.noteDead('a', '2');
  expect(account.findFaults(1000)).toEqual([]);
});

test('a message that nobody handled was lost', () => {
  expect(open().findFaults(1000)).toEqual(['a: 1 was lost']);
});

test('a message that was promised and not committed is missed', () => {
  const account = open();
  account.noteDone('a', '1');
  account.promised.add('2');
  expect(account.findFaults(1000)).toEqual(['2 was promised and is not there']);
});

test('a message that was never committed must not be handled', () => {
  const account = open();
  account.noteDone('a', '1');
  account.noteDone('a', '3');
  expect(account.findFaults(1000)).toEqual(['a: 3 was handled and never committed']);
});

test('a message may be handled twice only where something was broken', () => {
  const account = open();
  account.noteDone('a', '1');
  account.noteDone('a', '1');
  expect(account.findFaults(1000)).toEqual(['a: 1 was handled twice, and nothing was broken']);
  const disturbed = open();
  disturbed.noteDone('a', '1');
  disturbed.noteDisturbance('all sessions are terminated');
  disturbed.noteDone('a', '1');
  expect(disturbed.repeats).toBe(1);
  expect(disturbed.findFaults(1000)).toEqual([]);
});

test('chance comes again with its seed', () => {
  const draw = (seed: number): number[] => {
    const chance = new Chance(seed);
    return Array.from({ length: 5 }, () => chance.below(1000));
  };
  expect(draw(7)).toEqual(draw(7));
  expect(draw(7)).not.toEqual(draw(8));
});
