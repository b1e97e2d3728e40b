import { expect, test } from 'vitest';
import { parseOptions } from '../harness/options.ts';
import { bareInsert, pgBoss, pgque, skipLocked } from '../peers/index.ts';
import { scenarios } from '../scenarios/index.ts';

const parse = (text: string) => parseOptions(text.split(' ').filter(Boolean), scenarios);

test('without options everything is measured, on 15 and 17', () => {
  expect(parse('')).toMatchObject({ scale: 'normal', majors: [15, 17], chosen: scenarios, isWhole: true });
});

test('--only takes the scenarios with a part of a name, and what is left out is no whole run', () => {
  const { chosen, isWhole } = parse('--full --only delivery,pinned');
  expect(chosen.map(({ name }) => name)).toEqual(['does-a-pinned-horizon-hurt', 'how-long-until-delivery']);
  expect(isWhole).toBe(false);
});

test('--peers leaves out queues of others, and neither PgQue nor limits', () => {
  const { isChosen } = parse('--peers pg-boss');
  expect([pgque, bareInsert, pgBoss, skipLocked].map(isChosen)).toEqual([true, true, true, false]);
});

test.each(['--quick --full', '--pg 9', '--pg 15,x', '--only nonsense', '--unknown'])('%s is refused', (text) => {
  expect(() => parse(text)).toThrow();
});
