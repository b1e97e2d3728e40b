// Consumes a queue to its end as a process of its own, and prints what came, and the most memory that it took, in MiB.
import { connect } from 'pgque';
import { createConsumer } from '../../src/index.ts';

const [url = '', queue = ''] = process.argv.slice(2);
await using client = await connect(url);
let sum = 0;
let largest = 0;
const consumer = createConsumer(client, { queue, name: 'worker', maxMessages: 1000 }).onBatch('*', (messages) => {
  largest = Math.max(largest, messages.length);
  for (const { payload } of messages) sum += (payload as { number: number }).number;
});
const count = await consumer.drain('10m');
console.log(JSON.stringify({ count, sum, largest, maxMiB: Math.round(process.resourceUsage().maxRSS / 1024) }));
