import { toMs } from '@pgque/consumer';
import { type Client, connect, install } from 'pgque';
import { PgqueModuleError } from '../pgque-module-error.ts';
import { Connection } from './connection.ts';
import { nestLogger } from './nest-logger.ts';
import type { PgqueOptions } from './pgque-options.ts';

/** Rejects when the server is not there: an application that starts without it would look alive. */
export async function openConnection(name: string, options: PgqueOptions): Promise<Connection> {
  checkOptions(name, options);
  const client = await openClient(name, options);
  try {
    if (options.install) await install(client);
  } catch (error) {
    await client.close();
    throw error;
  }
  return new Connection(name, client, options);
}

async function openClient(name: string, options: PgqueOptions): Promise<Client> {
  if (options.client) return options.client;
  try {
    return await connect({ logger: nestLogger(), ...options });
  } catch (error) {
    throw new PgqueModuleError(
      'connection_failed',
      `PgqueModule cannot open the connection '${name}': ${error instanceof Error ? error.message : error}`,
      { cause: error },
    );
  }
}

function checkOptions(name: string, options: PgqueOptions): void {
  if (typeof options !== 'object' || options === null) {
    throw new PgqueModuleError(
      'invalid_options',
      `the connection '${name}' of PgqueModule got no options: return some, or in a test name it in ` +
        'PgqueTestingModule.override()',
    );
  }
  if ('name' in options) {
    throw new PgqueModuleError(
      'name_in_factory',
      `the options of the connection '${name}' have a name of their own, '${options.name}', which would come too late: ` +
        `say it beside the factory, PgqueModule.forRootAsync({ name: '${options.name}', useFactory })`,
    );
  }
  const { role = 'both', stopTimeout = 0 } = options;
  try {
    toMs(stopTimeout, 'stopTimeout');
  } catch (error) {
    // At the shutdown it would be too late: nothing would drain, and nothing would close.
    throw new PgqueModuleError(
      'invalid_options',
      `the connection '${name}' has the stopTimeout '${stopTimeout}': it is milliseconds, or a number with a unit such as '30s'`,
      { cause: error },
    );
  }
  if (!['producer', 'worker', 'both'].includes(role)) {
    throw new PgqueModuleError(
      'invalid_options',
      `the connection '${name}' has the role '${role}': there are 'producer', 'worker' and 'both'`,
    );
  }
}
