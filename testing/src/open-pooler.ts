import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { closeAtEndOfFile } from './file-resources.ts';
import { identityOf, postgresAccount } from './postgres-account.ts';

const program = '/usr/sbin/pgbouncer';

export interface Pooler extends AsyncDisposable {
  /** The URL of the target with the pooler in its place. */
  readonly url: string;
  close(): Promise<void>;
}

export interface OpenPoolerOptions {
  /** Connections to the server that all clients share. @default 5 */
  readonly poolSize?: number;
}

export function isPoolerInstalled(): boolean {
  return existsSync(program);
}

/**
 * A PgBouncer before a database, in transaction mode with its other settings as they come; closed at the end of the test
 * file. It logs in with what the URL of the target says.
 */
export async function openPooler(targetUrl: string, { poolSize = 5 }: OpenPoolerOptions = {}): Promise<Pooler> {
  if (!isPoolerInstalled()) {
    throw new Error('PgBouncer is missing: on Debian 12, "apt-get install pgbouncer"; .ci/run does it.');
  }
  const target = new URL(targetUrl);
  const url = new URL(target);
  url.hostname = '127.0.0.1';
  url.port = String(await findFreePort());
  const folder = mkdtempSync(join(tmpdir(), 'pgque-pooler-'));
  const file = join(folder, 'pgbouncer.ini');
  writeFileSync(file, configuration(target, url, poolSize), { mode: 0o600 });
  const account = postgresAccount();
  for (const path of [folder, file]) if (account) chownSync(path, account.uid, account.gid);
  // The kernel ends it when this process is gone.
  const pooler = spawn('setpriv', [...identityOf(account), '--pdeathsig', 'KILL', program, file], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const exited = once(pooler, 'exit');
  const close = async (): Promise<void> => {
    pooler.kill('SIGKILL');
    await exited;
    rmSync(folder, { recursive: true, force: true });
  };
  const log: string[] = [];
  for await (const line of createInterface(pooler.stderr)) {
    log.push(line);
    if (!line.includes('process up')) continue;
    pooler.stderr.resume();
    return closeAtEndOfFile({ url: url.href, close, [Symbol.asyncDispose]: close });
  }
  await close();
  throw new Error(`PgBouncer did not start:\n${log.join('\n')}`);
}

function configuration(target: URL, url: URL, poolSize: number): string {
  const quoted = (text: string): string => `'${decodeURIComponent(text).replaceAll("'", "''")}'`;
  const login = `user=${quoted(target.username)} password=${quoted(target.password)}`;
  return `[databases]
* = host=${target.hostname} port=${target.port} ${login}
[pgbouncer]
listen_addr = ${url.hostname}
listen_port = ${url.port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = ${poolSize}
max_client_conn = 500
`;
}

async function findFreePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}
