// The driver of `pgque` on connections of its own, which are those of `pg`.
import { serveClient } from './kit/serve-client.ts';

serveClient('pgque-pg');
