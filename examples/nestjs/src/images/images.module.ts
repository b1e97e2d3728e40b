import { Module } from '@nestjs/common';
import { PgqueModule } from '@pgque/nestjs';
import { DatabaseModule } from '../database/database.module.ts';
import { SettingsModule } from '../settings.module.ts';
import { ImagesController } from './images.controller.ts';
import { ImagesPool } from './images.pool.ts';
import { images } from './images.queue.ts';

@Module({
  imports: [DatabaseModule, SettingsModule, PgqueModule.registerQueue({ queue: images, create: true })],
  controllers: [ImagesController],
  providers: [ImagesPool],
  exports: [ImagesPool],
})
export class ImagesModule {}
