// A replica that boots: it connects, says so, installs when it is told to, and hands out what install() returned.
import { once } from 'node:events';
import { connect, install } from '../../src/index.ts';

const [url = ''] = process.argv.slice(2);
await using client = await connect(url);
process.send?.('ready');
await once(process, 'message');
process.send?.(await install(client));
process.disconnect();
