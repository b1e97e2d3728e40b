import type { OnApplicationShutdown } from '@nestjs/common';
import type { TickerOptions } from '@pgque/consumer';
import type { Client } from 'pgque';
import type { PgqueOptions, Role } from './pgque-options.ts';

/** A client by its name, and what the module does with it. It closes when everything else of the application is over. */
export class Connection implements OnApplicationShutdown {
  readonly name: string;
  readonly client: Client;
  readonly role: Role;
  /** `undefined`: this process does not tick. */
  readonly ticker: TickerOptions | undefined;
  readonly stopTimeout: PgqueOptions['stopTimeout'];
  /** Whether consumers run by themselves. In tests they are drained by hand, and queues are made where they are missing. */
  readonly isManual: boolean;

  constructor(name: string, client: Client, options: PgqueOptions, { isManual = false } = {}) {
    const { role = 'both', ticker = role !== 'producer' } = options;
    this.name = name;
    this.client = client;
    this.role = role;
    this.ticker = ticker === true ? {} : ticker || undefined;
    this.stopTimeout = options.stopTimeout;
    this.isManual = isManual;
  }

  get isConsuming(): boolean {
    return this.role !== 'producer' && !this.isManual;
  }

  async onApplicationShutdown(): Promise<void> {
    await this.client.close();
  }
}
