import { Client, types } from 'pg';

const int8Oid = 20;

/**
 * A client of our own: int8 comes as a bigint here without touching the parsers that all of the process share. An error
 * of an idle connection is no failure of the process; the next query reports it.
 */
export async function connectClient(url: string): Promise<Client> {
  const client = new Client({
    connectionString: url,
    types: {
      getTypeParser: (oid, format) =>
        oid === int8Oid && format !== 'binary' ? BigInt : types.getTypeParser(oid, format),
    },
  });
  client.on('error', () => {});
  await client.connect();
  return client;
}

/** Pid of the backend that serves this client. */
export async function backendPid(client: Client): Promise<number> {
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
  const pid = rows[0]?.pid;
  if (pid === undefined) throw new Error('the server did not say the pid of its backend');
  return pid;
}
