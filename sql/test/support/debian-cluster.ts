import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const programs = '/usr/lib/postgresql/15/bin';

/** The extensions that tests need, with the packages that have them. */
const packages = { plpgsql_check: 'postgresql-15-plpgsql-check', pg_cron: 'postgresql-15-cron' } as const;

type Settings = Readonly<Record<string, string>>;

/**
 * A PostgreSQL 15 of Debian, the one server that has extensions of others: in a temporary folder, with a socket there
 * and no port. It ends with `stop()`, and with this process however that ends.
 */
export class DebianCluster implements AsyncDisposable {
  readonly url: string;
  readonly stop: () => Promise<void>;

  private constructor(url: string, stop: () => Promise<void>) {
    this.url = url;
    this.stop = stop;
  }

  /** With the files of one extension there, and with settings of the server. */
  static async start(extension: keyof typeof packages, settings: Settings = {}): Promise<DebianCluster> {
    const control = `/usr/share/postgresql/15/extension/${extension}.control`;
    if (!existsSync(join(programs, 'postgres')) || !existsSync(control)) {
      throw new Error(
        `${extension} is missing: on Debian 12, "apt-get install postgresql-15 ${packages[extension]}"; .ci/run does it.`,
      );
    }
    const folder = mkdtempSync(join(tmpdir(), 'pgque-debian-'));
    const account = accountOfServer();
    if (account) chownSync(folder, account.uid, account.gid);
    const data = join(folder, 'data');
    try {
      const options = [
        '--pgdata',
        data,
        '--username',
        'postgres',
        '--auth',
        'trust',
        '--no-sync',
        '--encoding',
        'UTF8',
      ];
      execFileSync(join(programs, 'initdb'), options, { stdio: 'pipe', cwd: folder, ...account });
      // The kernel ends the server when this process is gone; SIGQUIT is its immediate shutdown.
      const identity = account ? ['--reuid', `${account.uid}`, '--regid', `${account.gid}`, '--clear-groups'] : [];
      const all: Settings = { ...settings, listen_addresses: '', unix_socket_directories: folder };
      // pg_cron opens sessions like any other client.
      if (extension === 'pg_cron') Object.assign(all, { shared_preload_libraries: extension, 'cron.host': folder });
      const switches = Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
      const server = spawn(
        'setpriv',
        [...identity, '--pdeathsig', 'QUIT', join(programs, 'postgres'), '-D', data, '-F', ...switches],
        { stdio: ['ignore', 'ignore', 'pipe'], cwd: folder },
      );
      const exited = once(server, 'exit');
      const stop = async (): Promise<void> => {
        server.kill('SIGQUIT');
        await exited;
        rmSync(folder, { recursive: true, force: true });
      };
      const log: string[] = [];
      for await (const line of createInterface(server.stderr)) {
        log.push(line);
        if (line.includes('ready to accept connections')) {
          server.stderr.resume();
          return new DebianCluster(`postgres://postgres@localhost/postgres?host=${encodeURIComponent(folder)}`, stop);
        }
      }
      throw new Error(`the Debian server did not start:\n${log.join('\n')}`);
    } catch (error) {
      rmSync(folder, { recursive: true, force: true });
      throw error;
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }
}

/** PostgreSQL refuses to run as root: then it is the account that the package has made. */
function accountOfServer(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const id = (flag: string): number => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}
