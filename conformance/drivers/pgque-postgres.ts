// The driver of `pgque` on `postgres`, the library of the application.

import { createClient } from 'pgque';
import { fromPostgres } from 'pgque/postgres';
import postgres from 'postgres';
import { type Connect, serveClient } from './kit/serve-client.ts';

const open: Connect = async ({ url, directUrl, queryTimeoutMs }) => {
  // Through a pooler, as our README says.
  const sql = postgres(url, { onnotice: () => {}, prepare: directUrl === undefined });
  const client = createClient(
    fromPostgres(sql, queryTimeoutMs === undefined ? {} : { queryTimeoutMs }),
    directUrl === undefined ? {} : { direct: directUrl },
  );
  const close = async (): Promise<void> => {
    await client.close();
    await sql.end({ timeout: 5 });
  };
  return { client, close };
};

serveClient('pgque-postgres', open);
