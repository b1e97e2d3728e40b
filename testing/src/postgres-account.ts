import { execFileSync } from 'node:child_process';

/** The account that Debian's packages of PostgreSQL have made; for programs that refuse to run as root, and only then. */
export function postgresAccount(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const id = (flag: string): number => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

/** What `setpriv` is told to become that account. */
export function identityOf(account: { uid: number; gid: number } | undefined): string[] {
  return account ? ['--reuid', `${account.uid}`, '--regid', `${account.gid}`, '--clear-groups'] : [];
}
