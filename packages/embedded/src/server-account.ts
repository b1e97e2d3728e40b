import { execFileSync } from 'node:child_process';
import { EmbeddedError } from './embedded-error.ts';
import type { ServerAccount } from './guard-messages.ts';

const accountName = 'postgres';

/** PostgreSQL refuses to run as root: then its system user is used, and made when there is none. */
export function serverAccount(): ServerAccount | undefined {
  if (process.getuid?.() !== 0) return undefined;
  return lookUp() ?? create();
}

function lookUp(): ServerAccount | undefined {
  try {
    return { uid: idOf('-u'), gid: idOf('-g') };
  } catch {
    return undefined;
  }
}

function idOf(flag: '-u' | '-g'): number {
  return Number(execFileSync('id', [flag, accountName], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }));
}

function create(): ServerAccount {
  const options = [
    '--system',
    '--user-group',
    '--no-create-home',
    '--home-dir',
    '/nonexistent',
    '--shell',
    '/bin/false',
  ];
  try {
    execFileSync('useradd', [...options, accountName], { stdio: 'ignore' });
  } catch (cause) {
    // Another start may have made it in between.
    const account = lookUp();
    if (account) return account;
    throw new EmbeddedError(
      'permission-denied',
      `PostgreSQL does not run as root and the system user "${accountName}" could not be made: make it, or run as another user.`,
      { cause },
    );
  }
  return { uid: idOf('-u'), gid: idOf('-g') };
}
