import { confirm as ask, isCancel } from '@clack/prompts';
import { CliError } from './cli-error.ts';
import { exitCodes } from './exit-codes.ts';

/** Before what cannot be undone. Where nobody can be asked, it takes `--yes`. */
export async function confirm(what: string, { yes = false }: { readonly yes?: boolean }): Promise<void> {
  if (yes) return;
  if (!process.stdin.isTTY) {
    throw new CliError(exitCodes.notConfirmed, `${what} This cannot be undone.`, 'Pass --yes to do it.');
  }
  const answer = await ask({ message: `${what} This cannot be undone. Go on?`, initialValue: false });
  if (isCancel(answer) || !answer) throw new CliError(exitCodes.notConfirmed, 'Nothing was done.');
}
