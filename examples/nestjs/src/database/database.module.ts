import { Module } from '@nestjs/common';
import { SettingsModule } from '../settings.module.ts';
import { Database } from './database.ts';

@Module({ imports: [SettingsModule], providers: [Database], exports: [Database] })
export class DatabaseModule {}
