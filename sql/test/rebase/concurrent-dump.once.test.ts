import { setTimeout as delay } from 'node:timers/promises';
import { openPrivateServer } from '@pgque/testing';
import { expect, test } from 'vitest';
import { Chance } from '../random/chance.ts';
import { findings } from '../support/health.ts';
import { sharedGenerations } from '../support/rotation.ts';
import { age, dump, restore } from './dump.ts';
import { rebase } from './open-restored.ts';
import { judge, withWorld } from './world.ts';

const seed = Number(process.env['PGQUE_RANDOM_SEED'] ?? Date.now() % 0xffffffff);
const dumps = Number(process.env['PGQUE_DUMPS'] ?? 4);

const settings = { max_prepared_transactions: '20' };
const [old, young] = [await openPrivateServer({ major: 15, settings }), await openPrivateServer({ major: 15 })];
await age(old.database, 50_000);

test(
  `dumped while everybody is at work and the logs rotate, each consumer gets what it had not acknowledged (seed ${seed})`,
  async () => {
    const chance = new Chance(seed);
    const files: string[] = [];
    const world = await withWorld(old.database, chance.fork(), async () => {
      while (files.length < dumps) {
        await delay(chance.between(300, 1200));
        files.push(await dump(old.database, 'custom'));
      }
    });
    expect(world.violations).toEqual([]);
    for (const generation of Object.values(await sharedGenerations(old.database)))
      expect(generation).toBeGreaterThan(5n);

    for (const file of files) {
      const restored = await restore(young, file, { format: 'custom' });
      expect(await rebase(restored)).toBe(2);
      expect(await findings(restored, 'cluster')).toMatchObject([{ status: 'ok' }]);
      expect(await judge(restored)).toEqual([]);
      await restored.drop();
    }
  },
  60_000 + dumps * 20_000,
);
