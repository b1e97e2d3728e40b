// A program: a process with a pool, which sends its parent a word for each message that was handled.
import { connect } from 'pgque';
import { createPool } from '../src/index.ts';

const [url = '', queue = ''] = process.argv.slice(2);
const client = await connect(url);
await createPool(client, {
  queue,
  name: 'worker',
  threads: 2,
  deadInterval: '2s',
  handlers: new URL('handlers/acting.ts', import.meta.url),
  onResult: () => process.send?.('handled'),
}).run();
