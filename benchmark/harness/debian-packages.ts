import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { queues } from '../peers/index.ts';

/**
 * Installs what peers need of Debian 12, where that is possible without a question: as root or by sudo without a password.
 * Elsewhere they are not offered.
 */
export function installPeersOfDebian(): void {
  const wanted = [...new Set(queues.map(({ extension }) => extension?.debian).filter((name) => name !== undefined))];
  const missing = wanted.filter((name) => !isInstalled(name));
  if (missing.length === 0 || !existsSync('/etc/debian_version')) return;
  const asRoot = process.getuid?.() === 0 ? [] : ['sudo', '-n'];
  const run = (...command: string[]): boolean => {
    const [program = '', ...args] = [...asRoot, ...command];
    return spawnSync(program, args, { stdio: 'ignore' }).status === 0;
  };
  if (!run('true')) return;
  const hadServer = existsSync('/usr/lib/postgresql/15/bin/postgres');
  console.error(`Installing ${missing.join(' ')}`);
  run('apt-get', 'update');
  run('apt-get', 'install', '--yes', '--no-install-recommends', ...missing);
  // Debian starts a cluster of its own at the first installation; it is not used here.
  if (!hadServer) run('pg_ctlcluster', '15', 'main', 'stop', '--mode', 'fast');
}

function isInstalled(name: string): boolean {
  const { stdout } = spawnSync('dpkg-query', ['--status', name], { encoding: 'utf8' });
  return stdout?.includes('Status: install ok installed') ?? false;
}
