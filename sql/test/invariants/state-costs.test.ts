import { openTestDatabase } from '@pgque/testing';
import { expect, test } from 'vitest';
import { openQueue } from '../support/queue-driver.ts';
import { rows } from '../support/rows.ts';
import { sharedBuffers } from '../support/shared-buffers.ts';

const database = await openTestDatabase();

/** Shared buffers that a receive() of nothing touches, after so many states of the consumer. */
async function costsAfter(states: number): Promise<number> {
  const queue = await openQueue(database);
  await rows(
    database,
    `do $$
     declare
       v_state pgque.cursor := pgque._state('s', (select max(subscription_id) from pgque.subscription));
     begin
       for v_version in 1 .. ${states} loop
         v_state.version := v_version;
         perform pgque._append_state(v_state);
       end loop;
     end $$`,
  );
  const call = `select * from pgque.receive('${queue.name}', '${queue.consumer}')`;
  const session = await database.connect();
  // Fills the caches of the catalog, whose buffers do not count.
  await session.query(call);
  const { buffers } = await sharedBuffers(session, call);
  await session.end();
  return buffers;
}

test('a consumer with 20,000 states behind it reads as much to find the newest as one with 20', async () => {
  const few = await costsAfter(20);
  // An index of more levels costs a few buffers for each probe.
  expect(await costsAfter(20_000)).toBeLessThan(few * 1.5 + 50);
});
