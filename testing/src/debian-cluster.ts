import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { closeAtEndOfFile } from './file-resources.ts';
import { identityOf, postgresAccount } from './postgres-account.ts';

const programs = '/usr/lib/postgresql/15/bin';

/** The extensions that tests need, with the packages that have them. */
const packages = { plpgsql_check: 'postgresql-15-plpgsql-check', pg_cron: 'postgresql-15-cron' } as const;

type Settings = Readonly<Record<string, string>>;

export interface DebianClusterOptions {
  /** Whose files must be there. */
  readonly extension?: keyof typeof packages;
  readonly settings?: Settings;
  /** Whether commits wait for the disk. @default false */
  readonly durable?: boolean;
}

/**
 * A PostgreSQL 15 of Debian, the one server that has extensions of others and can have a standby: in a temporary folder,
 * with a socket there and no port. It ends with the test file, and with this process however that ends.
 */
export class DebianCluster implements AsyncDisposable {
  readonly url: string;
  readonly #folder: string;
  readonly #stop: () => Promise<void>;

  private constructor(folder: string, stop: () => Promise<void>) {
    this.url = `postgres://postgres@localhost/postgres?host=${encodeURIComponent(folder)}`;
    this.#folder = folder;
    this.#stop = stop;
  }

  static start({ extension, settings = {}, durable = false }: DebianClusterOptions = {}): Promise<DebianCluster> {
    const control = extension && `/usr/share/postgresql/15/extension/${extension}.control`;
    if (!existsSync(join(programs, 'postgres')) || (control && !existsSync(control))) {
      const missing = extension === undefined ? '' : ` ${packages[extension]}`;
      throw new Error(
        `PostgreSQL of Debian is missing: on Debian 12, "apt-get install postgresql-15${missing}"; .ci/run does it.`,
      );
    }
    // pg_cron opens sessions like any other client.
    const own = (folder: string): Settings =>
      extension === 'pg_cron' ? { shared_preload_libraries: extension, 'cron.host': folder } : {};
    return DebianCluster.#open(
      (folder) =>
        run('initdb', folder, ['--username', 'postgres', '--auth', 'trust', '--no-sync', '--encoding', 'UTF8']),
      (folder) => ({ ...settings, ...own(folder) }),
      durable,
    );
  }

  /** A copy that follows this one as it goes on, and takes no writes. */
  openStandby(): Promise<DebianCluster> {
    const source = ['--host', this.#folder, '--username', 'postgres', '--checkpoint', 'fast', '--no-sync'];
    return DebianCluster.#open(
      (folder) => run('pg_basebackup', folder, [...source, '--write-recovery-conf']),
      () => ({}),
    );
  }

  stop(): Promise<void> {
    return this.#stop();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#stop();
  }

  static async #open(
    fill: (folder: string) => void,
    settingsIn: (folder: string) => Settings,
    durable = false,
  ): Promise<DebianCluster> {
    const folder = mkdtempSync(join(tmpdir(), 'pgque-debian-'));
    const account = postgresAccount();
    if (account) chownSync(folder, account.uid, account.gid);
    try {
      fill(folder);
      const stop = await startServer(folder, settingsIn(folder), durable);
      return closeAtEndOfFile(new DebianCluster(folder, stop));
    } catch (error) {
      rmSync(folder, { recursive: true, force: true });
      throw error;
    }
  }
}

/** A program that makes the data directory. */
function run(program: string, folder: string, options: readonly string[]): void {
  const args = ['--pgdata', join(folder, 'data'), ...options];
  execFileSync(join(programs, program), args, { stdio: 'pipe', cwd: folder, ...postgresAccount() });
}

/** Resolves to what stops it, when it takes connections. */
async function startServer(folder: string, settings: Settings, durable: boolean): Promise<() => Promise<void>> {
  const all: Settings = { ...settings, listen_addresses: '', unix_socket_directories: folder };
  const switches = Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const program = [join(programs, 'postgres'), '-D', join(folder, 'data'), ...(durable ? [] : ['-F']), ...switches];
  // The kernel ends the server when this process is gone; SIGQUIT is its immediate shutdown.
  const server = spawn('setpriv', [...identityOf(postgresAccount()), '--pdeathsig', 'QUIT', ...program], {
    stdio: ['ignore', 'ignore', 'pipe'],
    cwd: folder,
  });
  const exited = once(server, 'exit');
  const stop = async (): Promise<void> => {
    server.kill('SIGQUIT');
    await exited;
    rmSync(folder, { recursive: true, force: true });
  };
  const log: string[] = [];
  for await (const line of createInterface(server.stderr)) {
    log.push(line);
    if (/ready to accept (read-only )?connections/.test(line)) {
      server.stderr.resume();
      return stop;
    }
  }
  throw new Error(`the Debian server did not start:\n${log.join('\n')}`);
}
