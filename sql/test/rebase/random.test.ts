import { openTestDatabase } from '@pgque/testing';
import { expect, test } from 'vitest';
import { Chance } from '../random/chance.ts';
import { findings } from '../support/health.ts';
import { scalar } from '../support/scalar.ts';
import { future, makeHistory } from './history.ts';
import { transplant } from './transplant.ts';

/** Set to replay a run; else each run has its own. */
const seed = Number(process.env['PGQUE_RANDOM_SEED'] ?? Date.now() % 0xffffffff);

test.each([0, 1, 2])(
  `whatever came before, everybody gets the same after a restore and rebase() as without (seed ${seed} + %s)`,
  async (run) => {
    const database = await openTestDatabase();
    await makeHistory(database, new Chance(seed + run), 150);
    const restored = await openTestDatabase({ copyOf: database });
    await transplant(restored);
    expect(await scalar(restored, 'select pgque.rebase()')).toBe(2);
    expect(await findings(restored, 'cluster')).toMatchObject([{ status: 'ok' }]);
    expect(await future(restored)).toEqual(await future(database));
  },
);
