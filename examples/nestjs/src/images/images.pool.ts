import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { createPool, type Pool, type PoolHealth } from '@pgque/coop-pool';
import { InjectPgque } from '@pgque/nestjs';
import type { Client } from 'pgque';
import { Database } from '../database/database.ts';
import { Settings } from '../settings.ts';
import { images } from './images.queue.ts';

/** Thumbnails, in threads of their own: what computes for long would hold up everything else of the process. */
@Injectable()
export class ImagesPool implements OnApplicationBootstrap, OnModuleDestroy {
  readonly #pool: Pool<typeof images> | undefined;

  constructor(
    @InjectPgque() client: Client,
    @Inject(Database) database: Database,
    @Inject(Settings) { role }: Settings,
  ) {
    if (role === 'producer') return;
    this.#pool = createPool(client, {
      queue: images,
      name: 'thumbnails',
      startAt: 'earliest',
      threads: 2,
      handlers: new URL('./images.handlers.js', import.meta.url),
      onResult: ({ payload }, digest) =>
        database.query('insert into thumbnails (image_id, digest) values ($1, $2) on conflict do nothing', [
          (payload as { image_id: string }).image_id,
          digest,
        ]),
    });
  }

  get health(): PoolHealth | undefined {
    return this.#pool?.health();
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.#pool?.start();
  }

  async onModuleDestroy(): Promise<void> {
    await this.#pool?.stop();
  }
}
