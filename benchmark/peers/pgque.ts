import { type Consumer, createConsumer, createTicker } from '@pgque/consumer';
import { connect, install } from 'pgque';
import type { Contender } from './contender.ts';

const queue = 'bench';

export const pgque: Contender = {
  name: 'pgque',
  setting: 'createTicker, createConsumer with maxMessages 5000, LISTEN',
  async open(url) {
    const client = await connect(url);
    await install(client);
    await client.createQueue(queue, { rotationPeriodMs: 7_200_000 });
    await client.subscribe(queue, 'reader');
    const ticker = createTicker(client);
    await ticker.start();
    let consumer: Consumer | undefined;
    return {
      send: (payload) => client.send(queue, { payload }),
      async sendMany(payloads) {
        for (let start = 0; start < payloads.length; start += 1000) {
          await client.sendBatch(queue, 'default', payloads.slice(start, start + 1000));
        }
      },
      async consume(handle) {
        consumer = createConsumer(client, { queue, name: 'reader', maxMessages: 5000 });
        consumer.on('*', (message) => handle(message.payload as object));
        await consumer.start();
      },
      async close() {
        await consumer?.stop();
        await ticker.stop();
        await client.close();
      },
    };
  },
};
