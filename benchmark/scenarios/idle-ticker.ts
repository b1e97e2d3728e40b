import { type Figure, timed } from '../harness/figure.ts';

const queues = 1000;

/** `ticker()` over 1,000 queues of which none is due. */
export const idleTicker: Figure = {
  name: 'ticker() with 1,000 idle queues',
  unit: 'ms',
  against: 'nothing: milliseconds',
  must: 6,
  aim: 2,
  async prepare(client) {
    for (let i = 0; i < queues; i++) {
      await client.query(`select pgque.create_queue('idle ${i}', '{"ticker_idle_period": "1 day"}')`);
    }
    await client.query('vacuum analyze pgque.queue');
    // What has been there longer than a moment is known to the planner.
    await client.query('vacuum analyze pgque.tick');
  },
  async measure(client) {
    await client.query('select pgque.ticker()');
    const ownMs = await timed(client, 'select pgque.ticker()');
    return { value: ownMs, ownMs };
  },
};
