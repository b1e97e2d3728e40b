import { randomBytes } from 'node:crypto';
import {
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { EmbeddedError } from './embedded-error.ts';
import type { GuardConfiguration } from './guard-messages.ts';
import { serverFailure } from './server-failure.ts';
import { configurationFile, serverSettings } from './server-settings.ts';

const passwordFileName = 'pgque.password';
const settingsFileName = 'pgque.conf';

/** Runs a program to its end as the server's user; answers its exit code and its last lines. */
export type RunProgram = (program: string, args: readonly string[]) => Promise<{ code: number | null; log: string[] }>;

/**
 * Makes the data directory unless it is one already. initdb works beside the final place and the result is moved there
 * whole, so that a crash in between leaves no half directory and two starts at once cannot mix.
 */
export async function prepareDataDirectory(configuration: GuardConfiguration, run: RunProgram): Promise<void> {
  try {
    await makeUnlessThere(configuration, run);
  } catch (error) {
    if (error instanceof EmbeddedError) throw error;
    throw fileFailure('The data directory could not be made', error, configuration.dataDirectory);
  }
}

async function makeUnlessThere(configuration: GuardConfiguration, run: RunProgram): Promise<void> {
  const { dataDirectory } = configuration;
  if (existsSync(join(dataDirectory, 'PG_VERSION'))) return;
  if (existsSync(dataDirectory) && readdirSync(dataDirectory).length > 0) {
    throw new EmbeddedError(
      'start-failed',
      `${dataDirectory} holds files but no PostgreSQL data: name an empty dataDirectory or one that does not exist yet.`,
    );
  }
  mkdirSync(dirname(dataDirectory), { recursive: true });
  const workplace = mkdtempSync(`${dataDirectory}.init-`);
  try {
    own(workplace, configuration);
    await initialize(join(workplace, 'data'), workplace, configuration, run);
    moveIntoPlace(join(workplace, 'data'), dataDirectory);
  } finally {
    rmSync(workplace, { recursive: true, force: true });
  }
}

/** Writes the settings of this start; `alter system` goes before them, as it does before postgresql.conf. */
export function writeSettings(configuration: GuardConfiguration, port: number): void {
  const { dataDirectory, durable, settings, temporaryDirectory } = configuration;
  const temporary = temporaryDirectory !== undefined;
  const text = configurationFile(serverSettings({ port, durable, temporary, settings }));
  const file = join(dataDirectory, settingsFileName);
  try {
    writeFileSync(file, text);
    own(file, configuration);
  } catch (cause) {
    throw fileFailure('The settings could not be written', cause, dataDirectory);
  }
}

/** The superuser's password, which belongs to the data. */
export function readPassword(dataDirectory: string): string | undefined {
  const file = join(dataDirectory, passwordFileName);
  return existsSync(file) ? readFileSync(file, 'utf8').trim() : undefined;
}

async function initialize(
  directory: string,
  workplace: string,
  configuration: GuardConfiguration,
  run: RunProgram,
): Promise<void> {
  const passwordFile = join(workplace, passwordFileName);
  writeFileSync(passwordFile, `${randomBytes(18).toString('hex')}\n`, { mode: 0o600 });
  own(passwordFile, configuration);
  const { code, log } = await run(configuration.initdb, [
    `--pgdata=${directory}`,
    '--username=postgres',
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C',
    ...(configuration.durable ? [] : ['--no-sync']),
  ]);
  if (code !== 0) {
    const { dataDirectory } = configuration;
    throw serverFailure('initdb could not make the data directory', log, { port: undefined, dataDirectory });
  }
  renameSync(passwordFile, join(directory, passwordFileName));
  writeFileSync(join(directory, 'postgresql.conf'), `\ninclude_if_exists '${settingsFileName}'\n`, { flag: 'a' });
}

function moveIntoPlace(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (cause) {
    // Another start was faster and its directory stands: the server's own lock decides between the two.
    if (!existsSync(join(to, 'PG_VERSION'))) throw cause;
  }
}

function own(path: string, { account }: GuardConfiguration): void {
  if (account) chownSync(path, account.uid, account.gid);
}

/** Says it in the words the server uses for the same thing. */
function fileFailure(what: string, cause: unknown, dataDirectory: string): EmbeddedError {
  const message = cause instanceof Error ? cause.message : String(cause);
  const words = message
    .replace(/ENOSPC|EDQUOT|EFBIG/, 'No space left on device')
    .replace(/EACCES|EPERM/, 'Permission denied')
    .replace(/EXDEV|EBUSY/, 'a mount point cannot be the data directory itself, name a folder below it');
  return serverFailure(what, [words], { port: undefined, dataDirectory });
}
