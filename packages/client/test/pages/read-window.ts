// Reads all pages of a queue as a process of its own, and prints what came, and the most memory that it took, in MiB.
import { connect } from '../../src/index.ts';

const [url = '', queue = ''] = process.argv.slice(2);
await using client = await connect(url);
let count = 0;
let sum = 0;
for await (const { messages } of client.pages(queue, 'processor', { size: 1000 })) {
  count += messages.length;
  for (const { payload } of messages) sum += (payload as { number: number }).number;
}
console.log(JSON.stringify({ count, sum, maxMiB: Math.round(process.resourceUsage().maxRSS / 1024) }));
